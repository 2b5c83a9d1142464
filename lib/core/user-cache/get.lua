-- Reads a value and notes its use; a key that is gone is forgotten.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- ARGV[1] the most bytes that may pass through Lua, where a large value is copied again and again
-- Returns { value | nil if it is larger (then GET it), PTTL in ms (-1 = never expires) } · nil if absent
local key, most = KEYS[7], tonumber(ARGV[1])

local value = redis.call("GETRANGE", key, 0, most)
if value == "" and redis.call("EXISTS", key) == 0 then
  untrack({ key })
  return nil
end
touch(key, now_ms())
return { #value <= most and value, redis.call("PTTL", key) }
