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
-- A script that includes this file takes these six first; its own keys start at the seventh. It calls make_room before
-- it writes a value, track after, and untrack after it removed one. Nothing else may change `sizes` or `total`: they move
-- by the same amount inside one script, so the difference between them (drift, left by writers that use several round
-- trips) stays what it was. Reconcile rests on that.
--
-- Redis tells nobody when a value expires, so `total` still counts it: a ghost. `exp` is how ghosts are found.

local LRU, SIZES, TOTAL, EXPIRIES, LOCKS, JOURNAL = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local DATA_PREFIX = string.sub(LRU, 1, -20) .. "user_cache:" -- LRU without "user_cache_meta:lru"

local BATCH = 100 -- most members one call removes or passes over, and
local BATCH_BYTES = 8 * 1024 * 1024 -- most bytes it frees, so that no call takes long
local FEW = 10 -- ghosts swept by every write, so that they rarely pile up
local COUNTABLE = 2000 -- as many sizes are summed up within one call

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

-- Counts a value of `bytes` that was just written. `expires_at` in ms, nil for never; `used_at` in ms.
local function track(key, bytes, expires_at, used_at)
  local counted = size_of(key)
  redis.call("HSET", SIZES, key, bytes)
  add_to_total(bytes - counted)
  redis.call("ZADD", LRU, used_at, key)
  if expires_at then
    redis.call("ZADD", EXPIRIES, expires_at, key)
  else
    redis.call("ZREM", EXPIRIES, key)
  end
  redis.call("RPUSHX", JOURNAL, key)
  keep_books()
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

-- Notes a use of a key that exists; one that nobody counted yet is counted from now on.
local function touch(key, now)
  if redis.call("ZADD", LRU, now, key) == 1 then
    local left = redis.call("PTTL", key)
    track(key, redis.call("STRLEN", key), left >= 0 and now + left or nil, now)
  elseif redis.call("PERSIST", LRU) == 1 then
    keep_books() -- whoever puts a TTL on one puts it on all
  end
end

-- Forgets at most `most` ghosts. Returns true if there may be more.
local function sweep_ghosts(now, most)
  local due = redis.call("ZRANGEBYSCORE", EXPIRIES, "-inf", now, "LIMIT", 0, most)
  local ghosts = {}
  for _, key in ipairs(due) do
    local left = redis.call("PTTL", key)
    if left == -2 then
      ghosts[#ghosts + 1] = key
    elseif left == -1 then
      redis.call("ZREM", EXPIRIES, key)
    else
      -- Another writer gave it more time.
      redis.call("ZADD", EXPIRIES, now + math.max(left, 1), key)
    end
  end
  untrack(ghosts)
  return #due == most
end

local function is_held(key)
  return redis.call("ZSCORE", LOCKS, key) and redis.call("EXISTS", key) == 1
end

-- Walks the least recently used keys until `needed` bytes are found. Never chooses `writing`, nor a held lock (which
-- goes to the back, so that walks do not meet it again and again).
-- Returns { keys, bytes, strangers, exhausted }: `strangers` are members that free nothing when deleted, because their
-- size is not counted or because they are no user keys; `exhausted` means that nobody else could be chosen.
local function choose_victims(writing, needed, now)
  local chosen = { keys = {}, bytes = 0, strangers = {}, exhausted = false }
  local has_locks, members = redis.call("EXISTS", LOCKS) == 1, redis.call("ZCARD", LRU)
  local passed, moved, page_size = 0, 0, 16
  while chosen.bytes < needed and chosen.bytes < BATCH_BYTES and passed + moved < math.min(BATCH, members) do
    local page = redis.call("ZRANGE", LRU, passed, passed + page_size - 1)
    local sizes = redis.call("HMGET", SIZES, unpack(page))
    for i, key in ipairs(page) do
      if chosen.bytes >= needed or chosen.bytes >= BATCH_BYTES then break end
      if has_locks and is_held(key) then
        redis.call("ZADD", LRU, now, key)
        moved = moved + 1
      else
        passed = passed + 1
        local size = tonumber(sizes[i])
        if key == writing then
          -- passed over
        elseif size and is_user_key(key) then
          chosen.keys[#chosen.keys + 1] = key
          chosen.bytes = chosen.bytes + math.max(size, 0)
        else
          chosen.strangers[#chosen.strangers + 1] = key
        end
      end
    end
    page_size = math.min(page_size * 4, BATCH - passed - moved)
  end
  chosen.exhausted = passed + moved >= members
  return chosen
end

local function evict(chosen)
  if #chosen.keys > 0 then redis.call("UNLINK", unpack(chosen.keys)) end
  untrack(chosen.keys)
  untrack(chosen.strangers)
end

-- Whether `bytes` for `writing` fit at all beside the locks that are held: "fits" · "full" · "again" (some locks were
-- forgotten, because another writer removed their keys).
local function room_beside_locks(writing, bytes, limit)
  local locks = redis.call("ZRANGE", LOCKS, 0, -1)
  for first = 1, #locks, 1000 do
    local page = { unpack(locks, first, math.min(first + 999, #locks)) }
    for i, size in ipairs(redis.call("HMGET", SIZES, unpack(page))) do
      if page[i] ~= writing then bytes = bytes + (tonumber(size) or 0) end
    end
  end
  if bytes <= limit then return "fits" end

  local gone = {}
  for i = 1, #locks do
    if #gone == BATCH then break end
    if redis.call("EXISTS", locks[i]) == 0 then gone[#gone + 1] = locks[i] end
  end
  untrack(gone)
  return #gone > 0 and "again" or "full"
end

-- Sums `sizes` up, if that is short work. Returns true if `total` was wrong.
local function recount()
  if redis.call("HLEN", SIZES) > COUNTABLE then return false end
  local bytes = 0
  for _, size in ipairs(redis.call("HVALS", SIZES)) do bytes = bytes + (tonumber(size) or 0) end
  if bytes == total_bytes() then return false end
  correct_total(bytes)
  return true
end

-- Bytes are counted, yet nobody is left to evict: `lru` was lost, or `total` is wrong. Returns true if that helped.
local function repair_exhausted()
  local page = redis.call("HSCAN", SIZES, 0, "COUNT", BATCH)[2]
  local found = 0
  for i = 1, #page, 2 do found = found + redis.call("ZADD", LRU, "NX", 0, page[i]) end
  return found > 0 or recount()
end

-- Makes room for `bytes` in `key`, so that the total stays within `limit` (0: no limit) when the value is written.
-- Ghosts go first; live keys, least recently used first, only when no ghost is left.
-- Returns "fits" (write now) · "again" (a batch was removed: call again before writing) · "full" (beside the held
-- locks there is no room for it; nobody was evicted).
local function make_room(key, bytes, limit, now)
  local more_ghosts = sweep_ghosts(now, FEW)
  if limit == 0 then return "fits" end
  local function excess() return total_bytes() - size_of(key) + bytes - limit end

  if excess() <= 0 then return "fits" end
  if more_ghosts then more_ghosts = sweep_ghosts(now, BATCH) end
  if excess() <= 0 then return "fits" end
  if more_ghosts then return "again" end
  -- We never let the total pass the limit: somebody else did, or it is wrong.
  if total_bytes() > limit and recount() and excess() <= 0 then return "fits" end

  local needed = excess()
  local chosen = choose_victims(key, needed, now)
  if chosen.bytes >= needed then
    evict(chosen)
    return "fits"
  end
  local beside_locks = room_beside_locks(key, bytes, limit)
  if beside_locks ~= "fits" then return beside_locks end
  if chosen.exhausted then
    if repair_exhausted() then return "again" end
    if #chosen.keys + #chosen.strangers == 0 then return "full" end
  end
  evict(chosen)
  return "again"
end
