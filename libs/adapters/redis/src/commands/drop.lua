-- Deletes a generation's batch part of a partition, unless the header still names the generation.
-- KEYS[1]    the header
-- KEYS[2..]  the hashes
-- ARGV[1]    the generation's id
-- Returns    how many keys were deleted
local header = redis.call('GET', KEYS[1])
if header then
  for _, cut in ipairs(cjson.decode(header).cuts) do
    if cut.id == ARGV[1] then return 0 end
  end
end
return redis.call('UNLINK', unpack(KEYS, 2))
