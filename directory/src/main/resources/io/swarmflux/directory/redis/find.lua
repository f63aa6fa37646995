local stream, most = ARGV[1], tonumber(ARGV[2])
local drawn = redis.call('ZRANDMEMBER', P .. 'peers:' .. stream, most, 'WITHSCORES')
local found = {}
for i = 1, #drawn, 2 do
  if tonumber(drawn[i + 1]) > now then
    local record = redis.call('HGET', P .. 'records:' .. stream, drawn[i])
    if record then
      local incarnation, heard, says = parts(record)
      table.insert(found, drawn[i])
      table.insert(found, incarnation)
      table.insert(found, whole(now - tonumber(heard)))
      table.insert(found, says)
    end
  end
end
return found
