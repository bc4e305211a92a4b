-- Reads a header and parts of its partition at one moment. Writes nothing.
-- KEYS[1]    the header
-- KEYS[2..]  hashes and window indexes, all in the header's slot
-- ARGV[i-1]  for KEYS[i]: a letter, then its data
--            'k' MessagePack list of fields → their values (nil where absent)
--            'a' → all fields and values, flat
--            'r' from ' ' to ' ' prefix: KEYS[i] is a window index → for each start with from <= start < to:
--                the start, then all fields and values of the hash prefix .. start, flat
--            'g' → the string (nil where absent)
--            'i' from: KEYS[i] is an index → its members with a score from there on
-- Returns    { header or nil, one answer per KEYS[i] }
local answers = { redis.call('GET', KEYS[1]) }
for i = 2, #KEYS do
  local kind, data = string.sub(ARGV[i - 1], 1, 1), string.sub(ARGV[i - 1], 2)
  local answer = {}
  if kind == 'k' then
    local fields = cmsgpack.unpack(data)
    for from = 1, #fields, 4000 do
      local to = math.min(from + 3999, #fields)
      local values = redis.call('HMGET', KEYS[i], unpack(fields, from, to))
      for j = 1, to - from + 1 do answer[from + j - 1] = values[j] end
    end
  elseif kind == 'a' then
    answer = redis.call('HGETALL', KEYS[i])
  elseif kind == 'g' then
    answer = redis.call('GET', KEYS[i])
  elseif kind == 'i' then
    answer = redis.call('ZRANGEBYSCORE', KEYS[i], data, '+inf')
  else
    local from, to, prefix = string.match(data, '^(%S+) (%S+) (.*)$')
    for j, start in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], from, '(' .. to)) do
      answer[2 * j - 1] = start
      answer[2 * j] = redis.call('HGETALL', prefix .. start)
    end
  end
  answers[i] = answer
end
return answers
