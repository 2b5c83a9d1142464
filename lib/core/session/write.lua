-- Writes a session if it is what its writer saw, books it, and announces the change of one that existed.
-- KEYS[5] session (1 to 4: see books.lua)
-- ARGV[1] id   ARGV[2] `"session_id":…,"user":…` as JSON   ARGV[3] data as JSON
-- ARGV[4] version seen, or "new": there must be none, or "any"   ARGV[5] TTL in ms, 0: the expiry stays
-- ARGV[6] user, "" nobody   ARGV[7] what users' books begin with   ARGV[8] what sessions' keys begin with
-- ARGV[9] channel   ARGV[10] node id
-- Returns {"written", version, ms left or -1, created_at, now in ms} · {"taken"} · {"gone"} · {"conflict"}
local key, id, seen, ttl_ms = KEYS[5], ARGV[1], ARGV[4], tonumber(ARGV[5])
local user, users = ARGV[6] ~= "" and ARGV[6] or nil, ARGV[7]

local stored = stored_version(key)
if seen == "new" then
  if stored then return { "taken" } end
elseif seen ~= "any" then
  if not stored then return { "gone" } end
  if whole(stored) ~= seen then return { "conflict" } end
end

local now = now_us()
local now_ms = math.floor(now / 1000)
local version = math.max(now, (stored or 0) + 1)
local created_at = string.match(redis.call("GETRANGE", key, 0, 127), '^{"v":%d+,"expires_at":"[^"]*","created_at":"([^"]*)"')
  or iso(now_ms)
local left = ttl_ms > 0 and ttl_ms or redis.call("PTTL", key)
-- What touch.lua rewrites stands first, where it can be found without reading the rest.
local record = '{"v":' .. whole(version) .. ',"expires_at":"' .. (left < 0 and "9999-12-31T23:59:59.999Z" or iso(now_ms + left))
  .. '","created_at":"' .. created_at .. '",' .. ARGV[2] .. ',"data":' .. ARGV[3] .. "}"
if ttl_ms > 0 then
  redis.call("SET", key, record, "PX", whole(ttl_ms))
else
  redis.call("SET", key, record, "KEEPTTL")
end

sweep(ARGV[8], users, now_ms)
book(id, user, users, left, ttl_ms > 0 and ttl_ms or nil, now_ms)
if stored then announce("session_invalidated", id, ARGV[10], ARGV[9], now_ms) end
return { "written", version, left, created_at, now_ms }
