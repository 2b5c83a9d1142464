-- Removes a value and forgets it.
-- KEYS[7] data key (1 to 6: the books, see accounting.lua)
-- Returns 1 removed · 0 there was none
local key = KEYS[7]

local removed = redis.call("UNLINK", key)
untrack({ key })
return removed
