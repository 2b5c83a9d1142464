-- Gives a session a new id: the same contents and expiry under another name, the old one ended, in one step.
-- KEYS[5] old session   KEYS[6] new session (1 to 4: see books.lua)
-- ARGV[1] old id   ARGV[2] new id   ARGV[3] `"session_id":…,"user":…` as JSON   ARGV[4] data as JSON
-- ARGV[5] version seen   ARGV[6] user, "" nobody   ARGV[7] what users' books begin with
-- ARGV[8] what sessions' keys begin with   ARGV[9] channel   ARGV[10] node id
-- Returns {"written", version, ms left or -1, created_at, now in ms} · {"taken"} · {"gone"} · {"conflict"}
local old, new, user, users = KEYS[5], KEYS[6], ARGV[6] ~= "" and ARGV[6] or nil, ARGV[7]

local stored = stored_version(old)
if not stored then return { "gone" } end
if whole(stored) ~= ARGV[5] then return { "conflict" } end
if redis.call("EXISTS", new) == 1 then return { "taken" } end

local now = now_us()
local now_ms = math.floor(now / 1000)
local version = math.max(now, stored + 1)
local created_at = string.match(redis.call("GETRANGE", old, 0, 127), '^{"v":%d+,"expires_at":"[^"]*","created_at":"([^"]*)"')
  or iso(now_ms)
local left = redis.call("PTTL", old)
local record = '{"v":' .. whole(version) .. ',"expires_at":"' .. (left < 0 and "9999-12-31T23:59:59.999Z" or iso(now_ms + left))
  .. '","created_at":"' .. created_at .. '",' .. ARGV[3] .. ',"data":' .. ARGV[4] .. "}"
if left >= 0 then
  redis.call("SET", new, record, "PX", whole(math.max(1, left)))
else
  redis.call("SET", new, record) -- as the old one: never expires
end

local lifetime = tonumber(string.match(redis.call("HGET", OWNERS, ARGV[1]) or "", "^%d+"))
destroy(ARGV[1], ARGV[8], users, ARGV[10], ARGV[9], now_ms)
book(ARGV[2], user, users, left, lifetime, now_ms)
return { "written", version, left, created_at, now_ms }
