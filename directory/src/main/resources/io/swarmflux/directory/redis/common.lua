-- Every script begins with this. KEYS[1] begins the name of every key.
--   due            sorted set   stream \n name -> when the lease ends, in ms by this server's clock
--   peers:STREAM   sorted set   name -> when the lease ends
--   records:STREAM hash         name -> incarnation, when it was heard of, what it says
--   streams        set          streams that have a peer
--   versions       hash         stream -> number of its last change
--   log            stream       changes
--   was:STREAM\nNAME            incarnation of who has left, for a minute
local P = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function whole(number)
  return string.format('%.0f', number)
end

-- A stream's numbers begin at the time in microseconds, so that they never repeat, also when everything was emptied.
local function changed(stream, kind, name, incarnation, says)
  local last = redis.call('HGET', P .. 'versions', stream)
  local version = whole(last and tonumber(last) + 1 or time[1] * 1000000 + time[2])
  redis.call('HSET', P .. 'versions', stream, version)
  local first = last and {} or {'f', '1'}
  redis.call('XADD', P .. 'log', 'MAXLEN', '~', 10000, '*',
    's', stream, 'v', version, 'k', kind, 'n', name, 'i', incarnation, 'r', says, unpack(first))
end

local function leave(stream, name, incarnation)
  redis.call('ZREM', P .. 'due', stream .. '\n' .. name)
  redis.call('ZREM', P .. 'peers:' .. stream, name)
  redis.call('HDEL', P .. 'records:' .. stream, name)
  redis.call('SET', P .. 'was:' .. stream .. '\n' .. name, incarnation, 'EX', 60)
  changed(stream, 'left', name, incarnation, '')
  if redis.call('EXISTS', P .. 'peers:' .. stream) == 0 then
    redis.call('SREM', P .. 'streams', stream)
    redis.call('HDEL', P .. 'versions', stream)
  end
end

local function parts(record)
  return string.match(record, '^(%d+) (%d+) (.*)$')
end
