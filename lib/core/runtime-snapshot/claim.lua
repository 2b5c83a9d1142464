-- Who refreshes a snapshot: nobody when it is new enough, the caller when the lock is free, else somebody else already.
-- KEYS[1] snapshot   KEYS[2] its refresh lock   KEYS[3] generations of the snapshots
-- ARGV[1] cache   ARGV[2] generation wanted   ARGV[3] token of the caller   ARGV[4] ms the lock lasts
-- ARGV[5] 1 do not trust what is there: it could not be used
-- Returns { "fresh" | "mine" | "held", ms until the lock ends }
local snapshot, lock, generations = KEYS[1], KEYS[2], KEYS[3]

if ARGV[5] ~= "1" and redis.call("EXISTS", snapshot) == 1 then
  local generation = tonumber(redis.call("HGET", generations, ARGV[1]) or "0") or 0
  if generation >= tonumber(ARGV[2]) then return { "fresh", 0 } end
end
if redis.call("SET", lock, ARGV[3], "NX", "PX", ARGV[4]) then return { "mine", tonumber(ARGV[4]) } end
return { "held", redis.call("PTTL", lock) }
