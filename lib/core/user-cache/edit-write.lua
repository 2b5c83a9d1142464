-- Puts a staged value (staged-value.ts) in place if the key is still what its author saw.
-- KEYS[7] data key   KEYS[8] undo index   KEYS[9] undo bytes   KEYS[10] staged value
-- (1 to 6: the books, see accounting.lua)
-- ARGV[1] undo prefix   ARGV[2] undo limit in bytes   ARGV[3] ms a record lives
-- ARGV[4] record id, "" = keep no before-image   ARGV[5] by   ARGV[6] action
-- ARGV[7] fingerprint of the value   ARGV[8] fingerprint seen
-- ARGV[9] "keep" · "none" · TTL in ms   ARGV[10] quota in bytes, 0 = unlimited, "" = unknown
-- ARGV[11…] keys that may be evicted for it, in this order
-- Returns { status, … }, and only "ok" changed anything:
--   "ok", evicted keys … · "conflict" · "lock-held" · "undo-full", bytes the before-image needs
--   "over-quota", bytes missing, total · "again" (only ghosts were removed: call again) · "lost" (nothing is staged)
local key, staged, value_fingerprint, seen = KEYS[7], KEYS[10], ARGV[7], ARGV[8]
local ttl, limit = ARGV[9], tonumber(ARGV[10])
local FIRST_VICTIM = 11

local now = now_ms()
local space = { index = KEYS[8], bytes = KEYS[9], prefix = ARGV[1], limit = tonumber(ARGV[2]), now = now }
local value_bytes = redis.call("STRLEN", staged)
local act = { lifetime = tonumber(ARGV[3]), id = ARGV[4], by = ARGV[5], action = ARGV[6] }

local function missing_bytes()
  if not limit or limit == 0 then return 0 end
  return total_bytes() - size_of(key) + value_bytes - limit
end

-- Forgets keys that went without telling: at the front of `lru`, where the plan (edit-victims.lua) counted them.
local function sweep_front()
  local gone = {}
  for _, used in ipairs(redis.call("ZRANGE", LRU, 0, PLAN_DEPTH - 1)) do
    if redis.call("EXISTS", used) == 0 then gone[#gone + 1] = used end
  end
  for first = 1, #gone, BATCH do untrack({ unpack(gone, first, math.min(first + BATCH - 1, #gone)) }) end
end

-- The agreed victims that are needed and still there.
local function choose_agreed(needed)
  local chosen = { keys = {}, bytes = 0 }
  for i = FIRST_VICTIM, #ARGV do
    if chosen.bytes >= needed then break end
    local victim = ARGV[i]
    if victim ~= key and is_user_key(victim) and not is_held(victim) and redis.call("EXISTS", victim) == 1 then
      chosen.keys[#chosen.keys + 1] = victim
      chosen.bytes = chosen.bytes + size_of(victim)
    end
  end
  return chosen
end

if redis.call("EXISTS", staged) == 0 then return { "lost" } end
if is_held(key) then return { "lock-held" } end
if fingerprint_of(key) ~= seen then return { "conflict" } end

local how = seen == "absent" and "absent" or "RENAME"
local cost = entry_cost(key, how == "RENAME" and bytes_of(key) or 0)
if act.id ~= "" and not has_undo_room(space, cost) then return { "undo-full", cost } end

local more_ghosts = sweep_ghosts(now, FEW)
if more_ghosts and missing_bytes() > 0 then more_ghosts = sweep_ghosts(now, BATCH) end
if more_ghosts and missing_bytes() > 0 then return { "again" } end
if missing_bytes() > 0 then sweep_front() end
local agreed = choose_agreed(missing_bytes())
if agreed.bytes < missing_bytes() then
  return { "over-quota", whole(missing_bytes()), whole(total_bytes()) }
end

local expires = -1
if ttl == "keep" then expires = math.max(expiry_of(key), -1) end
if tonumber(ttl) then expires = now + tonumber(ttl) end
if act.id ~= "" then keep_before(space, act, how, key, expiry_of(key), value_fingerprint, expires) end

if #agreed.keys > 0 then redis.call("UNLINK", unpack(agreed.keys)) end
untrack(agreed.keys)
redis.call("RENAME", staged, key)
expire_at(key, expires)
redis.call("ZREM", LOCKS, key)
track(key, value_bytes, expires >= 0 and expires or nil, now)
return { "ok", unpack(agreed.keys) }
