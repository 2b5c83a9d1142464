-- Writes a value if its writer still holds the lock and nobody later has written: claim, fence and write in one.
-- KEYS[7] data key   KEYS[8] lock   KEYS[9] newest fence that wrote the data key (1 to 6: the books, see accounting.lua)
-- ARGV[1] value   ARGV[2] TTL in ms, 0 = never expires   ARGV[3] limit in bytes, 0 = none   ARGV[4] token
-- ARGV[5] fence   ARGV[6] ms that the newest fence is remembered
-- Returns "written" · "again" · "full" (see set.lua) · "expired" (the lock is free) · "taken" (another program has it)
-- · { newest fence }: that one is later. Nothing was written but by the first.
local key, lock, newest = KEYS[7], KEYS[8], KEYS[9]
local value, ttl_ms, limit, token, fence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])

local written = tonumber(redis.call("GET", newest)) or 0
if written > fence then return { string.format("%.0f", written) } end
local holder = redis.pcall("GET", lock)
if holder ~= token then
  if not holder then return "expired" end
  local later = type(holder) == "string" and tonumber(string.match(holder, "^%x+:[^:]+:(%d+)$"))
  if later and later > fence then return { string.format("%.0f", later) } end
  return "taken"
end

local now = now_ms()
local room = make_room(key, #value, limit, now)
if room ~= "fits" then return room end
local expires_at = ttl_ms > 0 and now + ttl_ms or nil
if expires_at then
  redis.call("SET", key, value, "PXAT", expires_at)
else
  redis.call("SET", key, value)
end
redis.call("ZREM", LOCKS, key)
track(key, #value, expires_at, now)
redis.call("SET", newest, ARGV[5], "PX", ARGV[6])
return "written"
