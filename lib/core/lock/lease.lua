-- Fences, and handing a lock over: shared functions of the scripts that grant leases.
--
-- A lock is one string key. Held by us, its value names the holder: `<instance>:<nonce>:<fence>`, so that whoever may see
-- the lock sees holder and fence as well, and all three end together. Other programs write what they like.
--
-- Who waits stands in line in `own:lock:queue:<lock>`, a zset `<instance>:<nonce>:<ttl>` → µs of arrival, and tells the
-- holder, whose release then hands the lock to the first in line (release-contended.lua). A holder who was not told
-- releases in the ordinary way, which looks at nothing but the lock. Names of the line are derived here, since only
-- contended locks need them; all share the lock's slot.

local QUEUE_MS = 15000 -- a line that nobody asks about any more is forgotten
local CONFIRM_MS = 1500 -- a lock that was handed to somebody who died is free again after that

-- A new fence as text: larger than the last one, than Redis' time in µs, and than what the caller has seen. The time
-- covers lost data, what the caller saw covers a new primary whose clock is behind.
local function next_fence(counter, seen)
  local time = redis.call("TIME")
  local fence = time[1] .. string.sub("00000" .. time[2], -6)
  local last = math.max(tonumber(redis.call("SET", counter, fence, "GET")) or 0, seen)
  if tonumber(fence) > last then return fence end
  fence = string.format("%.0f", last + 1)
  redis.call("SET", counter, fence)
  return fence
end

-- Gives a free lock to whoever has waited longest, and tells them. They confirm by asking again (wait.lua).
local function hand_over(lock, own)
  for _ = 1, 16 do
    local waiter = redis.call("ZPOPMIN", own .. "lock:queue:" .. lock)[1]
    if not waiter then return end
    local holder, instance, ttl_ms = string.match(waiter, "^((%x+):[^:]+:)(%d+)$")
    if holder then
      local token = holder .. next_fence(own .. "fence", 0)
      redis.call("SET", lock, token, "PX", math.min(tonumber(ttl_ms), CONFIRM_MS))
      local heard = redis.call("PUBLISH", own .. "lock:wake:" .. instance, "granted " .. holder)
      -- With a hash tag this may be a Cluster, where the count tells nothing.
      if heard > 0 or string.find(own, "{", 1, true) then return end
      redis.call("DEL", lock) -- nobody is there: the next
    end
  end
end
