-- Deletes values whose newest slice is below a floor: one bounded step through one hash.
-- KEYS[1]    the hash of one window start
-- KEYS[2]    the index of window starts
-- KEYS[3]    the header: its floor may be lower than asked, when the store lost its tail
-- ARGV       cursor ('0' first), floor, how many fields to look at, the window start
-- Returns    { next cursor ('0' when through), how many were deleted }
local header = redis.call('GET', KEYS[3])
local floor = math.min(tonumber(ARGV[2]), header and cjson.decode(header).floor or 0)
local found, dead = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[3]), {}
for i = 1, #found[2], 2 do
  -- bytes 5-8 of a value: its newest slice, big-endian
  if struct.unpack('>I4', found[2][i + 1], 6) < floor then dead[#dead + 1] = found[2][i] end
end
for from = 1, #dead, 4000 do
  redis.call('HDEL', KEYS[1], unpack(dead, from, math.min(from + 3999, #dead)))
end
if found[1] == '0' and redis.call('EXISTS', KEYS[1]) == 0 then redis.call('ZREM', KEYS[2], ARGV[4]) end
return { found[1], #dead }
