-- Puts back what an act changed, a few keys per call, where each key is still what the act left.
-- KEYS[7] undo index   KEYS[8] undo bytes (1 to 6: the books, see accounting.lua)
-- ARGV[1] undo prefix   ARGV[2] record id   ARGV[3] most keys   ARGV[4] quota in bytes, 0 = unlimited, "" = unknown
-- Returns pairs: key, what became of it:
--   "restored" · "conflict" (changed since) · "lock-held" · "over-quota" · "expired" (its time ran out meanwhile)
--   · "gone" (the image is lost). Nothing at all: there is no such record.
-- A key that was restored or can never be is taken off the record; the others go to its end, for another attempt.
local id, most, limit = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

local now = now_ms()
local space = { index = KEYS[7], bytes = KEYS[8], prefix = ARGV[1], now = now }
local record, entries = record_of(space, id)

local function is_over_quota(key, bytes)
  if not limit or limit == 0 then return false end
  local function excess() return total_bytes() - size_of(key) + bytes - limit end
  if excess() > 0 then sweep_ghosts(now, BATCH) end
  return excess() > 0
end

-- Undoes a creation.
local function remove_again(key)
  redis.call("UNLINK", key)
  untrack({ key })
  return "restored"
end

local function restore_expiry(entry)
  if expiry_of(entry.key) ~= entry.after_expires then return "conflict" end
  if entry.expires >= 0 and entry.expires <= now then return "expired" end
  expire_at(entry.key, entry.expires)
  track_expiry(entry.key, entry.expires, now)
  keep_books()
  return "restored"
end

local function restore_image(entry)
  local image = record .. ":" .. entry.before
  if redis.call("EXISTS", image) == 0 then return "gone" end
  if entry.expires >= 0 and entry.expires <= now then return "expired" end
  local is_string = redis.call("TYPE", image).ok == "string"
  if is_string and is_over_quota(entry.key, bytes_of(image)) then return "over-quota" end
  redis.call("RENAME", image, entry.key)
  expire_at(entry.key, entry.expires)
  redis.call("ZREM", LOCKS, entry.key)
  if is_string then
    track(entry.key, bytes_of(entry.key), entry.expires >= 0 and entry.expires or nil, now)
  else
    untrack({ entry.key })
  end
  return "restored"
end

local function restore(entry)
  if is_held(entry.key) then return "lock-held" end
  if not matches(entry.key, entry.after) then return "conflict" end
  if entry.before == "absent" then return remove_again(entry.key) end
  if entry.before == "ttl" then return restore_expiry(entry) end
  return restore_image(entry)
end

if redis.call("EXISTS", record) == 0 then return {} end
local outcomes = {}
local items = redis.call("LPOP", entries, most * ENTRY_ITEMS) or {}
for i = 1, #items, ENTRY_ITEMS do
  local entry = read_entry(items, i)
  local cost = cost_of(space, id, entry)
  local outcome = restore(entry)
  if outcome == "restored" or outcome == "expired" or outcome == "gone" then
    redis.call("UNLINK", record .. ":" .. entry.before)
    spend(space, id, -cost)
  else
    redis.call("RPUSH", entries, unpack(items, i, i + ENTRY_ITEMS - 1))
  end
  outcomes[#outcomes + 1] = entry.key
  outcomes[#outcomes + 1] = outcome
end
if redis.call("EXISTS", entries) == 0 then
  forget(space, id)
else
  -- The list may have been emptied and begun anew, without its expiry.
  redis.call("PEXPIREAT", entries, redis.call("ZSCORE", space.index, id) or whole(now))
end
return outcomes
