-- Makes room in the undo space by dropping the oldest records, a few images per call.
-- KEYS[7] undo index   KEYS[8] undo bytes (1 to 6: the books, see accounting.lua)
-- ARGV[1] undo prefix   ARGV[2] undo limit in bytes   ARGV[3] bytes needed   ARGV[4] record that must stay
-- ARGV[5] most images dropped in this call
-- Returns 1 there is room · 0 call again · -1 there will never be
local prefix, limit, needed, stays, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])

local space = { index = KEYS[7], bytes = KEYS[8], prefix = prefix, limit = limit, now = now_ms() }
forget_expired(space)
if has_undo_room(space, needed) then return 1 end
if needed > limit then return -1 end

local oldest = redis.call("ZRANGE", space.index, 0, 1)
local id = oldest[1] == stays and oldest[2] or oldest[1]
if not id then return -1 end
local record, entries = record_of(space, id)
redis.call("UNLINK", record) -- from here on nobody can undo it by half
local items = redis.call("LPOP", entries, most * ENTRY_ITEMS) or {}
for i = 1, #items, ENTRY_ITEMS do
  local entry = read_entry(items, i)
  spend(space, id, -cost_of(space, id, entry))
  redis.call("UNLINK", record .. ":" .. entry.before)
end
if redis.call("EXISTS", entries) == 0 then forget(space, id) end
return has_undo_room(space, needed) and 1 or 0
