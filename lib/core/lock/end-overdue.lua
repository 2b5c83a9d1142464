-- Ends a lease that is over by the books and goes on only because another program rewrites TTLs; whoever waits gets it.
-- KEYS[7] lock   KEYS[8] last fence   KEYS[9] log (1 to 6: the books, see accounting.lua)
-- Returns 1 ended · 0 there is nothing to end
local lock, fence, log = KEYS[7], KEYS[8], KEYS[9]

if not is_overdue(lock, now_ms()) then return 0 end
note(log, lock, redis.call("GET", lock), "released", "")
redis.call("UNLINK", lock)
untrack({ lock })
hand_over(lock, string.match(fence, "^(.*:)fence$"))
return 1
