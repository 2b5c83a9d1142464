-- Takes a lock if it is free. This is the ordinary case, so it is short: the books follow when the lease lasts (books.ts),
-- and the fence is issued here as next_fence does it (lease.lua), without the cost of making functions.
-- KEYS[1] lock   KEYS[2] last fence
-- ARGV[1] holder, ends with ":"   ARGV[2] TTL in ms   ARGV[3] highest fence the caller has seen
-- Returns the fence as text · nil: it is held
local call, seen = redis.call, ARGV[3]

local time = call("TIME")
local fence = time[1] .. string.sub("00000" .. time[2], -6)
local last = call("SET", KEYS[2], fence, "GET") or "0"
-- Texts of one length compare like numbers; whatever else comes is compared as numbers.
if last >= fence or seen >= fence or #last > 16 or #seen > 16 then
  fence = string.format("%.0f", math.max(tonumber(fence), (tonumber(last) or 0) + 1, tonumber(seen) + 1))
  call("SET", KEYS[2], fence)
end
return call("SET", KEYS[1], ARGV[1] .. fence, "NX", "PX", ARGV[2]) and fence or nil
