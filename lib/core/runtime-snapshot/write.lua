-- Puts a snapshot and its parts in place unless a newer one of ours was there, and tells those who wait.
-- KEYS[1] snapshot   KEYS[2] generations of the snapshots   KEYS[3] names of the parts we wrote
-- ARGV[1] cache   ARGV[2] generation   ARGV[3] encoded snapshot   ARGV[4] TTL in ms   ARGV[5] channel of the news
-- ARGV[6] prefix of the parts' keys   ARGV[7..] name and encoded value of each part
-- Returns 1 written · 0 a newer one is known
local snapshot, generations, names = KEYS[1], KEYS[2], KEYS[3]
local ttl_ms, prefix = ARGV[4], ARGV[6]
local known = tonumber(redis.call("HGET", generations, ARGV[1]) or "0") or 0
if known > tonumber(ARGV[2]) then return 0 end
redis.call("SET", snapshot, ARGV[3], "PX", ttl_ms)

-- Foreign servers look for their routes by this index before they read the snapshot: left behind, it would hide it.
redis.call("UNLINK", prefix .. "match_index")
for _, name in ipairs(redis.call("SMEMBERS", names)) do redis.call("UNLINK", prefix .. name) end
redis.call("DEL", names)
for at = 7, #ARGV, 2 do
  redis.call("SET", prefix .. ARGV[at], ARGV[at + 1], "PX", ttl_ms)
  redis.call("SADD", names, ARGV[at])
end

redis.call("HSET", generations, ARGV[1], ARGV[2])
redis.call("PUBLISH", ARGV[5], ARGV[1])
return 1
