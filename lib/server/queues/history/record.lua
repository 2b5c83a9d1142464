-- Writes what happened in a queue, or for how long anything was recorded; nobody but the recorder can.
-- KEYS[1] recorder   KEYS[2] hash   ARGV[1] token of the caller   ARGV[2] ms after which an unwritten hash goes
-- Further ARGV: field, value, …
-- Returns 1 written · 0 the caller is not the recorder any more
local recorder, hash, token, keepMs = KEYS[1], KEYS[2], ARGV[1], ARGV[2]

if redis.call("GET", recorder) ~= token then
  return 0
end
redis.call("HSET", hash, unpack(ARGV, 3))
redis.call("PEXPIRE", hash, keepMs)
return 1
