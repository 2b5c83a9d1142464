-- Gives up: out of the line, and if the lock was granted meanwhile, on to the next.
-- KEYS[1] lock   KEYS[2] last fence   KEYS[3] queue
-- ARGV[1] holder, ends with ":"   ARGV[2] TTL in ms, as it was asked for
-- Returns 1 the lock had been granted · 0 not
local lock, fence, queue, holder, ttl_ms = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]

redis.call("ZREM", queue, holder .. ttl_ms)
local value = redis.pcall("GET", lock)
if type(value) ~= "string" or string.sub(value, 1, #holder) ~= holder then return 0 end
redis.call("DEL", lock)
hand_over(lock, string.match(fence, "^(.*:)fence$"))
return 1
