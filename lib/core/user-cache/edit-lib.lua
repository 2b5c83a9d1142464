-- What the edits share. Functions only; needs accounting.lua, fingerprint-of.lua and edit-undo.lua before it.

-- How far into `lru` a plan of victims looks.
local PLAN_DEPTH = 1000

-- Why an existing key may not be changed by who saw `seen`; nil when it may.
local function refusal_of(key, seen)
  if redis.call("EXISTS", key) == 0 then return "gone" end
  if is_held(key) then return "lock-held" end
  return not matches(key, seen) and "conflict" or nil
end

-- `expires` in ms since the epoch, -1 never.
local function expire_at(key, expires)
  if expires < 0 then
    redis.call("PERSIST", key)
  else
    redis.call("PEXPIREAT", key, whole(expires))
  end
end

-- Keeps the books right about a key that exists; what is no string is not counted.
local function track_expiry(key, expires, now)
  if redis.call("TYPE", key).ok ~= "string" then return end
  if redis.call("HEXISTS", SIZES, key) == 0 then
    track(key, redis.call("STRLEN", key), expires >= 0 and expires or nil, now)
  elseif expires >= 0 then
    redis.call("ZADD", EXPIRIES, whole(expires), key)
  else
    redis.call("ZREM", EXPIRIES, key)
  end
end
