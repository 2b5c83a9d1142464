-- Takes a lock if it is free. This is the ordinary case, so it is short: the books follow when the lease lasts (books.ts).
-- KEYS[1] lock   KEYS[2] last fence
-- ARGV[1] holder, ends with ":"   ARGV[2] TTL in ms   ARGV[3] highest fence the caller has seen
-- Returns the fence as text · nil: it is held
local fence = next_fence(KEYS[2], tonumber(ARGV[3]))
return redis.call("SET", KEYS[1], ARGV[1] .. fence, "NX", "PX", ARGV[2]) and fence or nil
