-- Takes a lock: writes the holder's value if the key is free.
-- KEYS[7] lock key (1 to 6: the books, see accounting.lua)
-- ARGV[1] holder's value   ARGV[2] TTL in ms   ARGV[3] limit in bytes, 0 = none
-- Returns "acquired" · "held" (the key exists; its use is noted) · "again" · "full" (see set.lua)
local key, holder, ttl_ms, limit = KEYS[7], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local now = now_ms()
if is_overdue(key, now) then
  redis.call("UNLINK", key)
  untrack({ key })
elseif redis.call("EXISTS", key) == 1 then
  if redis.call("TYPE", key).ok == "string" then touch(key, now) end
  return "held"
end
local room = make_room(key, #holder, limit, now)
if room ~= "fits" then return room end

local expires_at = now + ttl_ms
redis.call("SET", key, holder, "PXAT", expires_at)
redis.call("ZADD", LOCKS, now, key)
track(key, #holder, expires_at, now)
return "acquired"
