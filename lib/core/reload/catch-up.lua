-- What the log says since the caller last looked. Says so when the log does not reach back that far.
-- The log is never empty: its first entry, `born`, says nothing, but its loss shows that the log was lost.
-- KEYS[1] log   KEYS[2] generations
-- ARGV[1] cursor: the last entry read, "" at the first look
-- ARGV[2] newest entry that was taken up otherwise, "" for none   ARGV[3] at the first look: ms since the caller began
-- ARGV[4] entries wanted at most   ARGV[5] entries that the log keeps, about
-- ARGV[6] JSON: cache → generation the caller knows, as text
-- Returns { "ok" | "trimmed" | "lost", cursor, entries, generations as a flat list: none if nothing was said since }
local log, generations = KEYS[1], KEYS[2]
local cursor, ahead, limit, keep = ARGV[1], ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])

local newest = redis.call("XREVRANGE", log, "+", "-", "COUNT", 1)[1]
local last = newest and newest[1] or redis.call("XADD", log, "*", "born", "1")

local function has(id)
  return id == "" or id == last or #redis.call("XRANGE", log, id, id) == 1
end

-- Entries go oldest first: while the caller's own are there, so is everything after them.
if not (has(cursor) and has(ahead)) then
  -- Whoever remembers the generations tells them to a Redis that forgot.
  for cache, known in pairs(cjson.decode(ARGV[6])) do
    if tonumber(known) > (tonumber(redis.call("HGET", generations, cache) or "0") or 0) then
      redis.call("HSET", generations, cache, known)
    end
  end
  local found = redis.call("XLEN", log) < keep and "lost" or "trimmed"
  return { found, last, {}, redis.call("HGETALL", generations) }
end

if cursor == last then return { "ok", last, {}, {} } end -- the ordinary case, and the cheapest

local after = cursor
if cursor == "" then
  -- Where the signals begin that a cache loaded since then could have missed: a second earlier, for clocks that do not
  -- run alike.
  local time = redis.call("TIME")
  after = string.format("%.0f-0", math.max(0, time[1] * 1000 - tonumber(ARGV[3]) - 1000))
end
local entries = redis.call("XRANGE", log, "(" .. after, "+", "COUNT", limit)
if #entries == limit then last = entries[limit][1] end
return { "ok", last, entries, redis.call("HGETALL", generations) }
