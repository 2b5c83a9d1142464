-- Reads a session and what a copy of it needs to know.
-- KEYS[5] session (1 to 4: see books.lua)
-- Returns {record, ms left or -1, version, now in ms} · nil if there is none
local record = redis.call("GET", KEYS[5])
if not record then return nil end
return { record, redis.call("PTTL", KEYS[5]), version_of(record), math.floor(now_us() / 1000) }
