-- What the log says since the caller last looked. Says so when the log does not reach back that far.
-- KEYS[1] log   KEYS[2] generations
-- ARGV[1] cursor: the last entry taken up, "0-0" before any, "" at the first look
-- ARGV[2] at the first look: ms since the caller began to keep caches   ARGV[3] entries wanted at most
-- ARGV[4] entries that the log keeps, about   ARGV[5] JSON: cache → generation the caller knows, as text
-- Returns { "ok" | "trimmed" | "lost", cursor, entries, generations as a flat list }
local log, generations = KEYS[1], KEYS[2]
local cursor, limit, keep = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])

local newest = redis.call("XREVRANGE", log, "+", "-", "COUNT", 1)[1]
local last = newest and newest[1] or "0-0"

local function parts(id)
  local ms, n = string.match(id, "^(%d+)-(%d+)$")
  return tonumber(ms), tonumber(n)
end

local function isBefore(a, b)
  local aMs, aN = parts(a)
  local bMs, bN = parts(b)
  return aMs < bMs or (aMs == bMs and aN < bN)
end

-- The cursor's own entry goes when older ones have gone: then some after it may be missing as well.
local function state()
  if cursor == "" or cursor == last then return "ok" end
  if isBefore(last, cursor) then return "lost" end
  local length = redis.call("XLEN", log)
  if cursor == "0-0" then return length < keep and "ok" or "trimmed" end
  if #redis.call("XRANGE", log, cursor, cursor) == 1 then return "ok" end
  return length < keep and "lost" or "trimmed"
end

local found = state()
if found ~= "ok" then
  -- Whoever remembers the generations tells them to a Redis that forgot.
  for cache, known in pairs(cjson.decode(ARGV[5])) do
    if tonumber(known) > (tonumber(redis.call("HGET", generations, cache) or "0") or 0) then
      redis.call("HSET", generations, cache, known)
    end
  end
  return { found, last, {}, redis.call("HGETALL", generations) }
end

local after = "(" .. cursor
if cursor == "" then
  -- Where the signals begin that a cache loaded since then could have missed. Clocks run apart by less than a second
  -- in that time, whatever they show.
  local time = redis.call("TIME")
  after = string.format("%.0f-0", math.max(0, time[1] * 1000 - tonumber(ARGV[2]) - 1000))
end
local entries = {}
if cursor ~= last then entries = redis.call("XRANGE", log, after, "+", "COUNT", limit) end
if #entries == limit then last = entries[limit][1] end
return { "ok", last, entries, redis.call("HGETALL", generations) }
