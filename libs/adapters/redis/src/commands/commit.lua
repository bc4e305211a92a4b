-- One atomic change of a partition, by compare-and-set on its header.
-- KEYS[1]    the header
-- KEYS[2..]  what is written, deleted or looked at, all in the header's slot
-- ARGV[1]    the header expected, '' for none
-- ARGV[2]    the header to write
-- ARGV[i+1]  for KEYS[i]: a letter, then its data
--            'h' MessagePack list field, value, …  HSET      'z' a number  ZADD as score and member
--            'd' MessagePack list of fields  HDEL
--            'c' prefix: KEYS[i] is an index; it and the keys prefix .. member are deleted
--            'a' number ' ' most ' ' prefix, a NUL, bytes: KEYS[i] is an index; the bytes are appended to the newest of the strings
--                prefix .. number, prefix .. number .. '.1', … while it stays within most bytes, and its name is in the index
--            'f' number ' ' prefix: KEYS[i] is an index; members below the number leave it and the keys prefix .. member are deleted
--            'n' a number: the hash must have so many fields, or nothing is written
-- Returns    1 applied, 2 already applied, 3 a hash has other fields, or the stored header ('' for none) when it is another one
--            (then, as with 3, nothing was written)
local stored = redis.call('GET', KEYS[1]) or ''
if stored == ARGV[2] then return 2 end
if stored ~= ARGV[1] then return stored end

-- Redis does not take back what a failing script wrote: look before the first write.
local types = { h = 'hash', d = 'hash', z = 'zset', c = 'zset', a = 'zset', f = 'zset', n = 'hash' }
local chunks = {}
for i = 2, #KEYS do
  local kind, found = string.sub(ARGV[i + 1], 1, 1), redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= types[kind] then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. found)
  end
  if kind == 'a' then
    local score, most, prefix, bytes = string.match(string.sub(ARGV[i + 1], 2), '^(%d+) (%d+) (%Z*)%z(.*)$')
    local number = redis.call('ZCOUNT', KEYS[i], score, score)
    local newest = number < 2 and score or score .. '.' .. (number - 1)
    if redis.call('STRLEN', prefix .. newest) + #bytes > tonumber(most) then newest = score .. '.' .. number end
    chunks[i] = { score = score, name = newest, key = prefix .. newest, bytes = bytes }
  end
  if kind == 'n' and redis.call('HLEN', KEYS[i]) ~= tonumber(string.sub(ARGV[i + 1], 2)) then return 3 end
end

redis.call('SET', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  local kind, data = string.sub(ARGV[i + 1], 1, 1), string.sub(ARGV[i + 1], 2)
  if kind == 'h' then
    local list = cmsgpack.unpack(data)
    for from = 1, #list, 4000 do
      redis.call('HSET', KEYS[i], unpack(list, from, math.min(from + 3999, #list)))
    end
  elseif kind == 'd' then
    local list = cmsgpack.unpack(data)
    for from = 1, #list, 4000 do
      redis.call('HDEL', KEYS[i], unpack(list, from, math.min(from + 3999, #list)))
    end
  elseif kind == 'c' then
    for _, member in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do redis.call('UNLINK', data .. member) end
    redis.call('UNLINK', KEYS[i])
  elseif kind == 'z' then
    redis.call('ZADD', KEYS[i], data, data)
  elseif kind == 'a' then
    local chunk = chunks[i]
    redis.call('ZADD', KEYS[i], chunk.score, chunk.name)
    redis.call('APPEND', chunk.key, chunk.bytes)
  elseif kind == 'f' then
    local below, prefix = string.match(data, '^(%S+) (.*)$')
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], '-inf', '(' .. below)) do
      redis.call('UNLINK', prefix .. member)
      redis.call('ZREM', KEYS[i], member)
    end
  end
end
return 1
