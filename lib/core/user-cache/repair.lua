-- Shared functions (after accounting.lua) that compare the books with the keys and make the books right.
--
-- The first element of the journal is the token of the reconcile that owns it; writers append behind it.

local JOURNAL_TTL_MS = 10000 -- a reconcile that died leaves nothing behind
local found = { orphans = 0, adopted = 0 }

local function owns_journal(token)
  return redis.call("LINDEX", JOURNAL, 0) == token
end

-- Ms since the key was last used, as far as Redis knows. Ask before STRLEN, which counts as use.
local function idle_ms(key)
  local seconds = redis.pcall("OBJECT", "IDLETIME", key)
  return type(seconds) == "number" and seconds * 1000 or 0
end

local function is_tracked(key)
  return redis.call("HEXISTS", SIZES, key) == 1
    or redis.call("ZSCORE", LRU, key)
    or redis.call("ZSCORE", EXPIRIES, key)
    or redis.call("ZSCORE", LOCKS, key)
end

local function repair(key, now)
  if is_overdue(key, now) then redis.call("UNLINK", key) end
  if not is_user_key(key) or redis.call("TYPE", key).ok ~= "string" then
    if is_tracked(key) then
      untrack({ key })
      found.orphans = found.orphans + 1
    end
    return
  end

  local used_at = redis.call("ZSCORE", LRU, key)
  local last_use = used_at or now - idle_ms(key)
  local bytes, expires_at = redis.call("STRLEN", key), expiry_of(key)
  if expires_at < 0 then expires_at = nil end

  local counted = redis.call("HGET", SIZES, key)
  local expected = tonumber(redis.call("ZSCORE", EXPIRIES, key))
  local agrees = expected == expires_at or (expected and expires_at and math.abs(expected - expires_at) <= 1)
  if used_at and agrees and tonumber(counted) == bytes then return end
  if not counted then found.adopted = found.adopted + 1 end
  track(key, bytes, expires_at, last_use)
end
