-- The read for what get.lua leaves: forgets a key that is gone, counts one that nobody counted, minds the books.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- Returns the value, its use noted · nil if absent · 0 it is too large for Lua: GET it
local key = KEYS[7]

local value = redis.call("GETRANGE", key, 0, "262144")
if value == "" and redis.call("EXISTS", key) == 0 then
  untrack({ key })
  return nil
end
touch(key, now_ms())
return #value <= 262144 and value or 0
