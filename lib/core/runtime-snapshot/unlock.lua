-- Gives the refresh lock back and tells those who wait.
-- KEYS[1] refresh lock   KEYS[2] its lease (see claim.lua)
-- ARGV[1] token of the holder   ARGV[2] cache   ARGV[3] channel of the news
-- Returns 1 released · 0 not the holder any more
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("UNLINK", KEYS[1], KEYS[2])
redis.call("PUBLISH", ARGV[3], ARGV[2])
return 1
