-- Sets the time a lease has left, if the caller still holds the lock; never brings one back.
-- KEYS[1] lock   KEYS[2] the user cache's book of expiries   KEYS[3] count of extensions, a sign for who watches
-- ARGV[1] token   ARGV[2] TTL in ms
-- Returns 1 extended · 0 not the holder (expired, or taken by another)
local lock, expiries, extensions, token, ttl_ms = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]

if redis.pcall("GET", lock) ~= token then return 0 end
redis.call("PEXPIRE", lock, ttl_ms)
local time = redis.call("TIME")
redis.call("ZADD", expiries, "XX", time[1] * 1000 + math.floor(time[2] / 1000) + ttl_ms, lock)
redis.call("INCR", extensions)
return 1
