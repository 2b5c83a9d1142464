-- Marks a version as done, if who did it still holds the lock.
-- KEYS[1] lock   KEYS[2] versions that are done
-- ARGV[1] token   ARGV[2] version
-- Returns 1 marked · 0 not the holder (expired, or taken by another)
local lock, done, token, version = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local REMEMBERED = 100

if redis.pcall("GET", lock) ~= token then return 0 end
local time = redis.call("TIME")
redis.call("ZADD", done, time[1] .. string.sub("00000" .. time[2], -6, -4), version)
redis.call("ZREMRANGEBYRANK", done, 0, -REMEMBERED - 1)
return 1
