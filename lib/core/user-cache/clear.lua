-- Removes some user keys and forgets them.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1..] full key names, at most 500
-- Returns how many there were
local removed = redis.call("UNLINK", unpack(ARGV))
untrack(ARGV)
return removed
