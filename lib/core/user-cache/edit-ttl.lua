-- Sets or removes the expiry of keys that are still what the author saw. Values are not touched, nor counted as used.
-- KEYS[7] undo index   KEYS[8] undo bytes (1 to 6: the books, see accounting.lua)
-- ARGV[1] undo prefix   ARGV[2] undo limit in bytes   ARGV[3] ms a record lives
-- ARGV[4] record id, "" = not to be undone   ARGV[5] by   ARGV[6] action
-- ARGV[7] TTL in ms, "none" = never expires   ARGV[8…] pairs: key, fingerprint seen
-- Returns { undo bytes missing, status of each key … }: "ok" · "conflict" · "gone" · "lock-held" · "undo-full"
local FIRST_PAIR = 8

local now = now_ms()
local space = { index = KEYS[7], bytes = KEYS[8], prefix = ARGV[1], limit = tonumber(ARGV[2]), now = now }
local act = { lifetime = tonumber(ARGV[3]), id = ARGV[4], by = ARGV[5], action = ARGV[6] }
local expires = ARGV[7] == "none" and -1 or now + tonumber(ARGV[7])
local missing = 0

local function set_ttl(key, seen)
  local refusal = refusal_of(key, seen)
  if refusal then return refusal end
  if act.id ~= "" then
    local cost = entry_cost(key, 0)
    if not has_undo_room(space, cost) then
      missing = missing + cost
      return "undo-full"
    end
    keep_before(space, act, "ttl", key, expiry_of(key), seen, expires)
  end
  expire_at(key, expires)
  track_expiry(key, expires, now)
  return "ok"
end

local outcomes = {}
for i = FIRST_PAIR, #ARGV, 2 do outcomes[#outcomes + 1] = set_ttl(ARGV[i], ARGV[i + 1]) end
keep_books()
return { missing, unpack(outcomes) }
