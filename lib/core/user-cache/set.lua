-- Writes a value and counts it.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- ARGV[1] value   ARGV[2] TTL in ms, 0 = never expires   ARGV[3] limit in bytes, 0 = none
-- Returns "written" · "again" (nothing written yet: make room, then call again) · "full" (nothing written)
local key, value, ttl_ms, limit = KEYS[7], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local now = now_ms()
local room = make_room(key, #value, limit, now)
if room ~= "fits" then return room end

local expires_at = ttl_ms > 0 and now + ttl_ms or nil
if expires_at then
  redis.call("SET", key, value, "PXAT", expires_at)
else
  redis.call("SET", key, value)
end
redis.call("ZREM", LOCKS, key) -- whoever overwrites a lock makes it an ordinary value
track(key, #value, expires_at, now)
return "written"
