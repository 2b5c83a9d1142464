-- The user cache's books: shared functions, put before every script that writes user keys.
--
-- What the books say, for every user key that is counted (its full name is the member everywhere):
-- KEYS[1] lru      zset, ms of last use: the front is evicted first
-- KEYS[2] sizes    hash, bytes of the value
-- KEYS[3] total    integer, the sum of `sizes`
-- KEYS[4] exp      zset, ms at which the value expires; keys without a TTL are absent
-- KEYS[5] locks    zset, ms of acquisition: keys that eviction must not take while they exist
-- KEYS[6] journal  list that exists only while a reconcile counts: names whose `sizes` entry changed since it looked
--
-- A script that includes this file takes these six first; its own keys start at the seventh. It makes room before it
-- writes a value (eviction.lua), calls track after, and untrack after it removed one. Nothing else may change `sizes` or
-- `total`: they move by the same amount inside one script, so the difference between them (drift, left by writers that
-- use several round trips) stays what it was. Reconcile rests on that.
--
-- Redis tells nobody when a value expires, so `total` still counts it: a ghost. `exp` is how ghosts are found.

local LRU, SIZES, TOTAL, EXPIRIES, LOCKS, JOURNAL = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local DATA_PREFIX = string.sub(LRU, 1, -20) .. "user_cache:" -- LRU without "user_cache_meta:lru"

local BATCH = 100 -- most members one call removes or passes over, so that no call takes long
local FEW = 10 -- ghosts swept on the side, so that they do not pile up

local function now_ms()
  local time = redis.call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function is_user_key(name)
  return string.sub(name, 1, #DATA_PREFIX) == DATA_PREFIX
end

local function total_bytes()
  local total = tonumber(redis.call("GET", TOTAL)) or 0
  return total == total and total or 0 -- "nan" is a number, too
end

local function size_of(key)
  return tonumber(redis.call("HGET", SIZES, key)) or 0
end

local function add_to_total(bytes)
  if bytes == 0 then return end
  local reply = redis.pcall("INCRBY", TOTAL, bytes)
  if type(reply) == "table" then
    -- Somebody wrote text into the counter: start it anew, reconcile finds the rest.
    redis.call("SET", TOTAL, math.max(bytes, 0))
    redis.call("DEL", JOURNAL)
  end
end

-- Sets a total that is known to be right. A reconcile that is counting would apply a difference that no longer
-- exists: without its journal it starts over.
local function correct_total(bytes)
  if total_bytes() ~= bytes then redis.call("DEL", JOURNAL) end
  if bytes == 0 then redis.call("DEL", TOTAL) else redis.call("SET", TOTAL, bytes) end
end

-- The books never expire while keys do; other writers put a TTL on them.
local function keep_books()
  redis.call("PERSIST", LRU)
  redis.call("PERSIST", SIZES)
  redis.call("PERSIST", TOTAL)
  redis.call("PERSIST", EXPIRIES)
  redis.call("PERSIST", LOCKS)
end

-- The same for less: whoever puts a TTL on one puts it on all; and now and then all are looked at.
local function mind_books(now)
  if redis.call("PERSIST", LRU) == 1 or now % 16 == 0 then keep_books() end
end

-- Counts a value of `bytes` that was just written. `expires_at` in ms, nil for never; `used_at` in ms.
local function track(key, bytes, expires_at, used_at)
  local counted = tonumber(redis.call("HGET", SIZES, key))
  if counted ~= bytes then
    redis.call("HSET", SIZES, key, bytes)
    add_to_total(bytes - (counted or 0))
    redis.call("RPUSHX", JOURNAL, key)
  end
  redis.call("ZADD", LRU, used_at, key)
  if expires_at then
    redis.call("ZADD", EXPIRIES, expires_at, key)
  else
    redis.call("ZREM", EXPIRIES, key)
  end
  mind_books(used_at)
end

-- Forgets up to BATCH keys that no longer exist. Returns the bytes that were counted for them.
local function untrack(keys)
  if #keys == 0 then return 0 end
  local bytes = 0
  for _, size in ipairs(redis.call("HMGET", SIZES, unpack(keys))) do bytes = bytes + (tonumber(size) or 0) end
  redis.call("ZREM", LRU, unpack(keys))
  redis.call("ZREM", EXPIRIES, unpack(keys))
  redis.call("ZREM", LOCKS, unpack(keys))
  if redis.call("HDEL", SIZES, unpack(keys)) > 0 then
    redis.call("RPUSHX", JOURNAL, unpack(keys))
    add_to_total(-bytes)
    if redis.call("EXISTS", SIZES) == 0 then correct_total(0) end
  end
  return bytes
end

-- When a key expires, ms: -1 never, -2 there is no such key.
local function expiry_of(key)
  local at = redis.pcall("PEXPIRETIME", key)
  if type(at) == "number" then return at end
  local left = redis.call("PTTL", key) -- before Redis 7
  return left < 0 and left or now_ms() + left
end

-- Whether a key is a lease (../lock) that is over by the books and goes on only because another program rewrites TTLs:
-- its holder, dead or not, would have it for as long as that goes on. The time in LOCKS tells this lease from an
-- earlier one, which the books may still name.
local function is_overdue(key, now)
  local entered_at, ends_at = redis.call("ZSCORE", LOCKS, key), redis.call("ZSCORE", EXPIRIES, key)
  if not entered_at or not ends_at or tonumber(ends_at) >= now then return false end
  local value = redis.pcall("GET", key)
  local fence = type(value) == "string" and tonumber(string.match(value, "^%x+:[^:]+:(%d+)$"))
  return fence and math.floor(fence / 1000) == tonumber(entered_at)
end

-- Counts a key that exists, and that nobody counted yet, from now on.
local function adopt(key, now)
  local expires_at = expiry_of(key)
  track(key, redis.call("STRLEN", key), expires_at >= 0 and expires_at or nil, now)
end

-- Notes a use of a key that exists.
local function touch(key, now)
  if redis.call("ZADD", LRU, now, key) == 1 then adopt(key, now) else mind_books(now) end
end

-- Forgets at most `most` ghosts. Returns true if there may be more.
local function sweep_ghosts(now, most)
  local due = redis.call("ZRANGEBYSCORE", EXPIRIES, "-inf", now, "LIMIT", 0, most)
  local ghosts = {}
  for _, key in ipairs(due) do
    local expires_at = expiry_of(key)
    if expires_at ~= -2 and is_overdue(key, now) then
      redis.call("UNLINK", key)
      expires_at = -2
    end
    if expires_at == -2 then
      ghosts[#ghosts + 1] = key
    elseif expires_at == -1 then
      redis.call("ZREM", EXPIRIES, key)
    else
      redis.call("ZADD", EXPIRIES, expires_at, key) -- another writer gave it more time
    end
  end
  untrack(ghosts)
  return #due == most
end

local function is_held(key)
  return redis.call("ZSCORE", LOCKS, key) and redis.call("EXISTS", key) == 1
end
