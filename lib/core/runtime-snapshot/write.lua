-- Puts a snapshot in place unless a newer one of ours was there, and tells those who wait.
-- KEYS[1] snapshot   KEYS[2] generations of the snapshots
-- ARGV[1] cache   ARGV[2] generation   ARGV[3] encoded snapshot   ARGV[4] TTL in ms   ARGV[5] channel of the news
-- Returns 1 written · 0 a newer one is known
local snapshot, generations = KEYS[1], KEYS[2]
local known = tonumber(redis.call("HGET", generations, ARGV[1]) or "0") or 0
if known > tonumber(ARGV[2]) then return 0 end
redis.call("SET", snapshot, ARGV[3], "PX", ARGV[4])
redis.call("HSET", generations, ARGV[1], ARGV[2])
redis.call("PUBLISH", ARGV[5], ARGV[1])
return 1
