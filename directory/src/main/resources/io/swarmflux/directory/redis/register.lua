local stream, name, incarnation, ttl, says = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local mostStreams, mostOfStream, most = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local peers, records = P .. 'peers:' .. stream, P .. 'records:' .. stream
local known = redis.call('HGET', records, name)
local due = redis.call('ZSCORE', peers, name)
if known and (not due or tonumber(due) <= now) then
  leave(stream, name, (parts(known)))
  known = false
end
local before, heard, said
if known then
  before, heard, said = parts(known)
else
  before = redis.call('GET', P .. 'was:' .. stream .. '\n' .. name)
end
if before and tonumber(incarnation) < tonumber(before) then
  return {'stale', before}
end
if not known then
  if redis.call('SISMEMBER', P .. 'streams', stream) == 0 and redis.call('SCARD', P .. 'streams') >= mostStreams then
    return {'full', ARGV[6] .. ' streams'}
  end
  if redis.call('ZCARD', peers) >= mostOfStream then
    return {'full', ARGV[7] .. ' peers of ' .. stream}
  end
  if redis.call('ZCARD', P .. 'due') >= most then
    return {'full', ARGV[8] .. ' peers'}
  end
end
local deadline = whole(now + ttl)
redis.call('ZADD', P .. 'due', deadline, stream .. '\n' .. name)
redis.call('ZADD', peers, deadline, name)
redis.call('HSET', records, name, incarnation .. ' ' .. whole(now) .. ' ' .. says)
redis.call('SADD', P .. 'streams', stream)
if not known or before ~= incarnation then
  changed(stream, 'joined', name, incarnation, says)
  return {'registered'}
end
if said ~= says then
  changed(stream, 'updated', name, incarnation, says)
end
return {'renewed'}
