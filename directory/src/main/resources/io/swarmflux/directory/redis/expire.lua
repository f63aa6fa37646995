local over = redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', whole(now), 'LIMIT', 0, 500)
for _, member in ipairs(over) do
  local stream, name = string.match(member, '^(.-)\n(.*)$')
  local known = redis.call('HGET', P .. 'records:' .. stream, name)
  leave(stream, name, known and (parts(known)) or '0')
end
return {tostring(#over)}
