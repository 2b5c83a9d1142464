-- Reads a value and notes its use; a key that is gone is forgotten. Comes after get-hit.lua, which read `value`.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- ARGV[1] see get-hit.lua
-- Returns the value · 0 if it is larger than ARGV[1] (then GET it) · nil if absent
local key, most = KEYS[7], tonumber(ARGV[1])

if value == "" and redis.call("EXISTS", key) == 0 then
  untrack({ key })
  return nil
end
local now = now_ms()
if is_counted then touch(key, now) else adopt(key, now) end
return #value <= most and value or 0
