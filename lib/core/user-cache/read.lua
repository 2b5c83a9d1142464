-- The read for what get.lua leaves: forgets a key that is gone, counts one that nobody counted, minds the books, tells
-- the time.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- Returns { ms, value } with its use noted · { ms, nil } if absent · { ms, 0 } if it is too large for Lua: GET it
local key, now = KEYS[7], now_ms()

local value = redis.call("GETRANGE", key, 0, "262144")
if value == "" and redis.call("EXISTS", key) == 0 then
  untrack({ key })
  return { now, false }
end
touch(key, now)
return { now, #value <= 262144 and value or 0 }
