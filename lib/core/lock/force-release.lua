-- Frees a lock whoever holds it, if its value is still what somebody saw; whoever waits gets it.
-- KEYS[7] lock   KEYS[8] last fence   KEYS[9] log (1 to 6: the books, see accounting.lua)
-- ARGV[1] SHA-1 of the value that was seen   ARGV[2] who frees it
-- Returns 1 freed · 0 it has changed · nil it is free, or no string
local lock, fence, log, seen, by = KEYS[7], KEYS[8], KEYS[9], ARGV[1], ARGV[2]

local value = redis.pcall("GET", lock)
if type(value) ~= "string" then return nil end
if redis.sha1hex(value) ~= seen then return 0 end
redis.call("UNLINK", lock)
untrack({ lock })
note(log, lock, value, "forced", by)
hand_over(lock, string.match(fence, "^(.*:)fence$"))
return 1
