-- Compare-and-set of one value.
-- KEYS[1]    the value
-- ARGV       the value expected ('' for none), the value to write
-- Returns    1 written, 0 not
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
