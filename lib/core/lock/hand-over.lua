-- Hands a lock that was given back before its holder heard that somebody waits.
-- KEYS[1] lock   KEYS[2] last fence
-- Returns 1 it was free · 0 somebody has it
local lock, fence = KEYS[1], KEYS[2]

if redis.call("EXISTS", lock) == 1 then return 0 end
hand_over(lock, string.match(fence, "^(.*:)fence$"))
return 1
