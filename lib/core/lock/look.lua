-- Looks at locks, changing nothing.
-- KEYS[1] the book of held locks   KEYS[2] contention   KEYS[3] log (only to derive names from)
-- ARGV[1..] full names of locks
-- Returns { ms of Redis' clock, then for each lock: { value (at most 1,024 bytes) or false, its SHA-1 or false, PTTL, ms it was marked
-- or false, times it was met held, { waiter, µs of arrival, … } } }
local marked, contention, own = KEYS[1], KEYS[2], string.match(KEYS[3], "^keydeck:[^:]+:")

local time = redis.call("TIME")
local reply = { time[1] .. string.sub("00000" .. time[2], -6, -4) }
for _, lock in ipairs(ARGV) do
  local value = redis.pcall("GET", lock)
  if type(value) ~= "string" then value = false end
  reply[#reply + 1] = {
    value and string.sub(value, 1, 1024),
    value and redis.sha1hex(value),
    redis.call("PTTL", lock),
    redis.call("ZSCORE", marked, lock),
    redis.call("ZSCORE", contention, lock),
    redis.call("ZRANGE", own .. "lock:queue:" .. lock, 0, 49, "WITHSCORES"),
  }
end
return reply
