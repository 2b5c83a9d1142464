-- Gives a lock back, takes it out of the books, and hands it to whoever waits.
-- KEYS[7] lock   KEYS[8] last fence   KEYS[9] log (1 to 6: the books, see accounting.lua)
-- ARGV[1] token   ARGV[2] what becomes of it, for the log: "released" · "passed"   ARGV[3] for the log: "", or ms
-- Returns 1 released · 0 not the holder (expired, or taken by another)
local lock, fence, log, token = KEYS[7], KEYS[8], KEYS[9], ARGV[1]

local value = redis.pcall("GET", lock)
if value ~= token then
  if not value then untrack({ lock }) end
  return 0
end
redis.call("UNLINK", lock)
untrack({ lock })
note(log, lock, token, ARGV[2], ARGV[3])
hand_over(lock, string.match(fence, "^(.*:)fence$"))
return 1
