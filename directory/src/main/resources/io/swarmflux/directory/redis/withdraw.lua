local stream, name, incarnation = ARGV[1], ARGV[2], tonumber(ARGV[3])
local known = redis.call('HGET', P .. 'records:' .. stream, name)
if known then
  local before = parts(known)
  if tonumber(before) <= incarnation then
    leave(stream, name, before)
  end
end
return {'done'}
