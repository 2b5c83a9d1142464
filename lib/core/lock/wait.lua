-- Takes a lock that is free or was handed to the caller; else stands in line, or stays there, and tells the holder.
-- KEYS[1] lock   KEYS[2] last fence   KEYS[3] queue
-- ARGV[1] holder, ends with ":"   ARGV[2] TTL in ms   ARGV[3] highest fence the caller has seen
-- Returns { fence as text, how many still wait } · { how many stand before the caller, PTTL of the lock }
local lock, fence, queue, holder, ttl_ms, seen = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], tonumber(ARGV[3])
local me, own = holder .. ttl_ms, string.match(fence, "^(.*:)fence$")

local function take(granted)
  redis.call("SET", lock, holder .. granted, "PX", ttl_ms)
  redis.call("ZREM", queue, me)
  return { granted, redis.call("ZCARD", queue) }
end

local value = redis.pcall("GET", lock)
if not value then return take(next_fence(fence, seen)) end
if type(value) == "string" and string.sub(value, 1, #holder) == holder then
  local granted = string.sub(value, #holder + 1)
  return take(tonumber(granted) > seen and granted or next_fence(fence, seen))
end

local time = redis.call("TIME")
redis.call("ZADD", queue, "NX", time[1] .. string.sub("00000" .. time[2], -6), me)
redis.call("PEXPIRE", queue, QUEUE_MS)
local instance = type(value) == "string" and string.match(value, "^(%x+):[^:]+:%d+$")
if instance then redis.call("PUBLISH", own .. "lock:wake:" .. instance, "waited " .. value .. " " .. lock) end
return { redis.call("ZRANK", queue, me), redis.call("PTTL", lock) }
