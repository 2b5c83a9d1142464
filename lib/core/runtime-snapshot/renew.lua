-- Keeps the refresh lock while its holder still loads.
-- KEYS[1] refresh lock   KEYS[2] its lease (see claim.lua)
-- ARGV[1] token of the holder   ARGV[2] ms the lock lasts from now
-- Returns 1 renewed · 0 not the holder any more
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[2], ARGV[1], "PX", ARGV[2])
return redis.call("PEXPIRE", KEYS[1], ARGV[2])
