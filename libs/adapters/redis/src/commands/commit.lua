-- One atomic change of a partition, by compare-and-set on its header.
-- KEYS[1]    the header
-- KEYS[2..]  what is written, all in the header's slot
-- ARGV[1]    the header expected, '' for none
-- ARGV[2]    the header to write
-- ARGV[i+1]  for KEYS[i]: a letter, then its data
--            'h' MessagePack list field, value, …  HSET      'z' a window start  ZADD      'a' bytes  APPEND
-- Returns    1 applied, 2 already applied, or the stored header ('' for none) when it is another one: nothing was written.
local stored = redis.call('GET', KEYS[1]) or ''
if stored == ARGV[2] then return 2 end
if stored ~= ARGV[1] then return stored end

-- Redis does not take back what a failing script wrote: look before the first write.
local types = { h = 'hash', z = 'zset', a = 'string' }
for i = 2, #KEYS do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= types[string.sub(ARGV[i + 1], 1, 1)] then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. found)
  end
end

redis.call('SET', KEYS[1], ARGV[2])
for i = 2, #KEYS do
  local kind, data = string.sub(ARGV[i + 1], 1, 1), string.sub(ARGV[i + 1], 2)
  if kind == 'h' then
    local list = cmsgpack.unpack(data)
    for from = 1, #list, 4000 do
      redis.call('HSET', KEYS[i], unpack(list, from, math.min(from + 3999, #list)))
    end
  elseif kind == 'z' then
    redis.call('ZADD', KEYS[i], data, data)
  else
    redis.call('APPEND', KEYS[i], data)
  end
end
return 1
