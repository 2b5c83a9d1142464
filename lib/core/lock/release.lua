-- Gives a lock back that is in no book (yet) and, as far as its holder heard, not waited for: the ordinary case.
-- KEYS[1] lock
-- ARGV[1] token
-- Returns 1 released · 0 not the holder (expired, or taken by another)
if redis.pcall("GET", KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call("DEL", KEYS[1])
