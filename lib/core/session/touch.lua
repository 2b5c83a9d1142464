-- Lets a session live for a time from now. Its contents and version stay.
-- KEYS[5] session (1 to 4: see books.lua)
-- ARGV[1] id   ARGV[2] TTL in ms   ARGV[3] what users' books begin with   ARGV[4] channel   ARGV[5] node id
-- Returns 1 touched · 0 there is none
local key, id, ttl_ms = KEYS[5], ARGV[1], tonumber(ARGV[2])

local before = redis.call("PTTL", key)
if before == -2 then return 0 end
local now_ms = math.floor(now_us() / 1000)
redis.call("PEXPIRE", key, whole(ttl_ms))
local head = string.match(redis.call("GETRANGE", key, 0, 63), '^{"v":%d+,"expires_at":"')
if head then redis.call("SETRANGE", key, #head, iso(now_ms + ttl_ms)) end
book(id, owner_of(id), ARGV[3], ttl_ms, ttl_ms, now_ms)
-- Copies end with the time their original had when they were made: too early is harmless, too late is not.
if before < 0 or before > ttl_ms then announce("session_invalidated", id, ARGV[5], ARGV[4], now_ms) end
return 1
