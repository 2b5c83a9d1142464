-- Deletes keys that are still what the author saw, keeping each as a before-image.
-- KEYS[7] undo index   KEYS[8] undo bytes (1 to 6: the books, see accounting.lua)
-- ARGV[1] undo prefix   ARGV[2] undo limit in bytes   ARGV[3] ms a record lives
-- ARGV[4] record id, "" = for good   ARGV[5] by   ARGV[6] action   ARGV[7…] pairs: key, fingerprint seen
-- Returns { undo bytes missing, status of each key … }: "ok" · "conflict" · "gone" · "lock-held" · "undo-full"
local FIRST_PAIR = 7

local now = now_ms()
local space = { index = KEYS[7], bytes = KEYS[8], prefix = ARGV[1], limit = tonumber(ARGV[2]), now = now }
local act = { lifetime = tonumber(ARGV[3]), id = ARGV[4], by = ARGV[5], action = ARGV[6] }
local removed, missing = {}, 0

local function remove(key, seen)
  local refusal = refusal_of(key, seen)
  if refusal then return refusal end
  if act.id == "" then
    redis.call("UNLINK", key)
  else
    local cost = entry_cost(key, bytes_of(key))
    if not has_undo_room(space, cost) then
      missing = missing + cost
      return "undo-full"
    end
    keep_before(space, act, "RENAME", key, expiry_of(key), "absent", -1)
  end
  removed[#removed + 1] = key
  return "ok"
end

local outcomes = {}
for i = FIRST_PAIR, #ARGV, 2 do outcomes[#outcomes + 1] = remove(ARGV[i], ARGV[i + 1]) end
untrack(removed)
return { missing, unpack(outcomes) }
