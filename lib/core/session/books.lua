-- What the session scripts share: the index of sessions, and the announcement of what changed. Functions only.
--
-- The index is kept, because a user's sessions must be found without a walk over all keys: when each ends (EXPIRY, zset
-- id → ms), when it was last seen (SEEN, zset id → ms; the same per user), and whose it is (OWNERS, hash id →
-- "<lifetime in ms>:<user>", without the colon when nobody's). What ended by itself leaves it with the next write.
-- KEYS[1] expiry   KEYS[2] seen   KEYS[3] owners   KEYS[4] stream of invalidations
local EXPIRY, SEEN, OWNERS, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

-- Sessions that ended by themselves and leave the index with one write.
local SWEPT_AT_ONCE = 20
-- Entries the stream keeps, about: half a minute of 300 writes a second.
local LOG_LENGTH = 10000
-- Redis allows scores without end; a session without expiry ends at the end of all sessions.
local NEVER = 9007199254740991

local function whole(number) return string.format("%.0f", number) end

local function now_us()
  local time = redis.call("TIME")
  return time[1] * 1000000 + time[2]
end

-- RFC 3339 in UTC with ms: 24 characters until the year 10000. (Howard Hinnant's civil_from_days.)
local function iso(ms)
  local days = math.floor(ms / 86400000)
  local left = ms - days * 86400000
  local z = days + 719468
  local era = math.floor(z / 146097)
  local day_of_era = z - era * 146097
  local year_of_era = math.floor(
    (day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524) - math.floor(day_of_era / 146096)) / 365
  )
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local month_index = math.floor((5 * day_of_year + 2) / 153)
  local day = day_of_year - math.floor((153 * month_index + 2) / 5) + 1
  local month = month_index < 10 and month_index + 3 or month_index - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  local seconds = math.floor(left / 1000)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day, math.floor(seconds / 3600),
    math.floor(seconds / 60) % 60, seconds % 60, left % 1000)
end

-- A record of ours begins `{"v":<µs>,`. A foreign one is told by what it holds: 48 bits of its SHA-1, below any µs.
local function version_of(record)
  local version = string.match(record, '^{"v":(%d+),')
  return version and tonumber(version) or tonumber(string.sub(redis.sha1hex(record), 1, 12), 16)
end

-- The version of what is stored; nil when nothing is.
local function stored_version(key)
  local head = redis.call("GETRANGE", key, 0, 31)
  if head == "" then return nil end
  if string.find(head, '^{"v":%d+,') then return version_of(head) end
  return version_of(redis.call("GET", key))
end

local function owner_of(id)
  local owner = redis.call("HGET", OWNERS, id)
  return owner and string.match(owner, "^%d+:(.*)$") or nil
end

local function forget(id, users)
  local user = owner_of(id)
  if user then redis.call("ZREM", users .. user, id) end
  redis.call("ZREM", EXPIRY, id)
  redis.call("ZREM", SEEN, id)
  redis.call("HDEL", OWNERS, id)
end

-- Books a session that has `ttl_ms` left, -1 for ever. `lifetime_ms` nil: as it was. None of the books has a TTL while
-- sessions exist: what ends is swept out, and an empty book is no key.
local function book(id, user, users, ttl_ms, lifetime_ms, now_ms)
  local was = redis.call("HGET", OWNERS, id)
  local before = was and string.match(was, "^%d+:(.*)$") or nil
  if before and before ~= user then redis.call("ZREM", users .. before, id) end
  lifetime_ms = lifetime_ms or (was and string.match(was, "^%d+")) or ttl_ms
  redis.call("HSET", OWNERS, id, whole(math.max(0, lifetime_ms)) .. (user and (":" .. user) or ""))
  redis.call("ZADD", EXPIRY, ttl_ms < 0 and whole(NEVER) or whole(now_ms + ttl_ms), id)
  redis.call("ZADD", SEEN, whole(now_ms), id)
  if user then redis.call("ZADD", users .. user, whole(now_ms), id) end
end

-- Takes sessions out of the index that ended by themselves, a few at a time. `sessions` is what their keys begin with.
local function sweep(sessions, users, now_ms)
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", EXPIRY, "-inf", whole(now_ms), "LIMIT", 0, SWEPT_AT_ONCE)) do
    local left = redis.call("PTTL", sessions .. id)
    if left == -2 then
      forget(id, users)
    else -- somebody else prolonged it
      redis.call("ZADD", EXPIRY, left < 0 and whole(NEVER) or whole(now_ms + left), id)
    end
  end
end

-- Writes the entry and tells it to who listens. `confirm`: who applies it shall say so at once.
local function announce(kind, id, node, channel, now_ms, confirm)
  local entry = redis.call("XADD", LOG, "MAXLEN", "~", LOG_LENGTH, "*", "type", kind, "id", id, "node", node)
  local message = { type = kind, session_id = id, node_id = node, timestamp = iso(now_ms), entry = entry }
  if confirm then message.confirm = true end
  redis.call("PUBLISH", channel, cjson.encode(message))
  return entry
end

-- Ends one session. Returns 1 if there was one, and the entry of the announcement (which is made all the same: somebody
-- may still hold a copy of what vanished unannounced).
local function destroy(id, sessions, users, node, channel, now_ms, confirm)
  local existed = redis.call("UNLINK", sessions .. id)
  forget(id, users)
  return existed, announce("session_deleted", id, node, channel, now_ms, confirm)
end
