local stream = ARGV[1]
local all = redis.call('ZRANGEBYSCORE', P .. 'peers:' .. stream, '(' .. whole(now), '+inf')
local found = {redis.call('HGET', P .. 'versions', stream) or '-1'}
for _, name in ipairs(all) do
  local record = redis.call('HGET', P .. 'records:' .. stream, name)
  if record then
    local incarnation, heard, says = parts(record)
    table.insert(found, name)
    table.insert(found, incarnation)
    table.insert(found, whole(now - tonumber(heard)))
    table.insert(found, says)
  end
end
return found
