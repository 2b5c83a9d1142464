-- Gives a lock back if the caller still holds it.
-- KEYS[7] lock key (1 to 6: the books, see accounting.lua)
-- ARGV[1] holder's value, raw   ARGV[2] the same as `set` would have written it
-- Returns 1 released · 0 not the holder (expired, or taken by another)
local key, raw, encoded = KEYS[7], ARGV[1], ARGV[2]

local value = redis.pcall("GET", key) -- a key of another type is nobody's lock
if value ~= raw and value ~= encoded then
  if not value then untrack({ key }) end
  return 0
end
redis.call("UNLINK", key)
untrack({ key })
return 1
