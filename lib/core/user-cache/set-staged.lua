-- Puts a large, staged value (staged-value.ts) in place and counts it.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)   KEYS[8] staged value
-- ARGV[1] TTL in ms, 0 = never expires   ARGV[2] limit in bytes, 0 = none
-- Returns "written" · "again" · "full" (see set.lua; the staged value stays) · "lost" (there is no staged value)
local key, staged, ttl_ms, limit = KEYS[7], KEYS[8], tonumber(ARGV[1]), tonumber(ARGV[2])

local now, bytes = now_ms(), redis.call("STRLEN", staged)
if bytes == 0 then return "lost" end
local room = make_room(key, bytes, limit, now)
if room ~= "fits" then return room end

local expires_at = ttl_ms > 0 and now + ttl_ms or nil
redis.call("RENAME", staged, key)
if expires_at then
  redis.call("PEXPIREAT", key, expires_at)
else
  redis.call("PERSIST", key)
end
redis.call("ZREM", LOCKS, key) -- whoever overwrites a lock makes it an ordinary value
track(key, bytes, expires_at, now)
return "written"
