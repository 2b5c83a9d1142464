-- The undo space of a namespace: what acts of the last hour replaced. It lives outside the cache's own prefix, where a
-- foreign clearAll cannot reach it, and is bounded: `limit` bytes, the oldest record dropped first.
--   index           zset  record id → ms until it can be undone
--   bytes           hash  record id → bytes it occupies; field "total" is their sum
--   <prefix><id>            hash  at, by, action, key (the first), bytes (of its images), images (how many were made)
--   <prefix><id>:entries    list  five items per key: key, before, expires, after, afterExpires
--     before        number of the image · "absent" (the act created the key) · "ttl" (only the expiry changed)
--     expires       ms of expiry before the act, -1 never      after, afterExpires  fingerprint and expiry it left
--   <prefix><id>:<number>   the before-image itself: the old key under another name
-- Functions only; `space` is { index, bytes, prefix, limit, now }, `act` is { id, by, action, lifetime }, id "" for
-- acts that leave no record.

local ENTRY_ITEMS = 5
-- What Redis needs beside the bytes of the image and of the name, roughly.
local ENTRY_OVERHEAD_BYTES = 200

local function whole(number)
  return string.format("%.0f", number + 0) -- + 0 makes -0 a 0
end

local function record_of(space, id)
  return space.prefix .. id, space.prefix .. id .. ":entries"
end

local function spend(space, id, bytes)
  redis.call("HINCRBY", space.bytes, id, whole(bytes))
  redis.call("HINCRBY", space.bytes, "total", whole(bytes))
end

-- Drops the record itself. Images it still has are left to expire, so only call it when they are gone or past it.
local function forget(space, id)
  local record, entries = record_of(space, id)
  spend(space, id, -tonumber(redis.call("HGET", space.bytes, id) or 0))
  redis.call("HDEL", space.bytes, id)
  redis.call("ZREM", space.index, id)
  redis.call("UNLINK", record, entries)
end

-- Takes in the records whose hour is over; Redis has removed their images already.
local function forget_expired(space)
  for _, id in ipairs(redis.call("ZRANGEBYSCORE", space.index, "-inf", space.now, "LIMIT", 0, 50)) do
    forget(space, id)
  end
end

local function bytes_of(key)
  if redis.call("TYPE", key).ok == "string" then return redis.call("STRLEN", key) end
  return memory_of(key) or 0
end

local function entry_cost(key, image_bytes)
  return #key + image_bytes + ENTRY_OVERHEAD_BYTES
end

local function has_undo_room(space, cost)
  return tonumber(redis.call("HGET", space.bytes, "total") or 0) + cost <= space.limit
end

local function open_record(space, act, key)
  local ends = redis.call("ZSCORE", space.index, act.id)
  if ends then return tonumber(ends) end
  local record = record_of(space, act.id)
  ends = space.now + act.lifetime
  forget_expired(space)
  redis.call("ZADD", space.index, ends, act.id)
  redis.call("HSET", record, "at", whole(space.now), "by", act.by, "action", act.action, "key", key)
  redis.call("PEXPIREAT", record, whole(ends))
  redis.call("PEXPIRE", space.index, act.lifetime)
  redis.call("PEXPIRE", space.bytes, act.lifetime)
  return ends
end

-- Keeps what `key` is now. `how`: "RENAME" (it becomes the image: the key is going, or gets another value), "absent" or
-- "ttl" (no image).
local function keep_before(space, act, how, key, expires, after, after_expires)
  local record, entries = record_of(space, act.id)
  local ends, before, image_bytes = open_record(space, act, key), how, 0
  if how == "RENAME" then
    before = whole(redis.call("HINCRBY", record, "images", 1))
    image_bytes = bytes_of(key)
    local image = record .. ":" .. before
    redis.call("RENAME", key, image)
    redis.call("PEXPIREAT", image, whole(ends))
  end
  redis.call("RPUSH", entries, key, before, whole(expires), after, whole(after_expires))
  redis.call("PEXPIREAT", entries, whole(ends))
  redis.call("HINCRBY", record, "bytes", whole(image_bytes))
  spend(space, act.id, entry_cost(key, image_bytes))
end

local function read_entry(items, first)
  return {
    key = items[first],
    before = items[first + 1],
    expires = tonumber(items[first + 2]),
    after = items[first + 3],
    after_expires = tonumber(items[first + 4]),
  }
end

-- What an entry occupies, as keep_before counted it.
local function cost_of(space, id, entry)
  return entry_cost(entry.key, bytes_of(record_of(space, id) .. ":" .. entry.before))
end
