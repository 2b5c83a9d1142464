-- Who refreshes a snapshot: nobody when it is new enough, the caller when the lock is free, else somebody else already.
-- Foreign servers put half an hour on every key of the namespace, on the lock of a killed holder as well. So holders of
-- ours also keep a lease where those do not look, and a lock of ours without its lease is free.
-- KEYS[1] snapshot   KEYS[2] its refresh lock   KEYS[3] generations of the snapshots   KEYS[4] lease of the lock
-- ARGV[1] cache   ARGV[2] generation wanted   ARGV[3] token of the caller   ARGV[4] ms the lock lasts
-- ARGV[5] 1 do not trust what is there: it could not be used   ARGV[6] what tokens of ours begin with
-- Returns { "fresh" | "mine" | "held", ms until the lock ends }
local snapshot, lock, generations, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, ours = ARGV[3], ARGV[4], ARGV[6]

if ARGV[5] ~= "1" and redis.call("EXISTS", snapshot) == 1 then
  local generation = tonumber(redis.call("HGET", generations, ARGV[1]) or "0") or 0
  if generation >= tonumber(ARGV[2]) then return { "fresh", 0 } end
end
local holder = redis.call("GET", lock)
local is_abandoned = holder and string.sub(holder, 1, #ours) == ours and redis.call("GET", lease) ~= holder
if holder and not is_abandoned then return { "held", redis.call("PTTL", lock) } end
redis.call("SET", lock, token, "PX", ttl_ms)
redis.call("SET", lease, token, "PX", ttl_ms)
return { "mine", tonumber(ttl_ms) }
