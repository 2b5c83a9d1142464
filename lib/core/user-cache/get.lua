-- Reads a value and notes its use; a key that is gone is forgotten.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- Returns { value, PTTL in ms (-1 = never expires) } · nil if absent
local key = KEYS[7]

local value = redis.call("GET", key)
if not value then
  untrack({ key })
  return nil
end
touch(key, now_ms())
return { value, redis.call("PTTL", key) }
