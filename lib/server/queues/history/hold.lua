-- Takes or keeps the part of the recorder, which one console has at a time.
-- KEYS[1] recorder   ARGV[1] token of the caller   ARGV[2] ms until the part is free again unless kept
-- Returns { 1 it is the caller's · 0 somebody else's, ms of Redis' clock }
local recorder, token, leaseMs = KEYS[1], ARGV[1], ARGV[2]
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holder = redis.call("GET", recorder)

if holder and holder ~= token then
  return { 0, now }
end
redis.call("SET", recorder, token, "PX", leaseMs)
return { 1, now }
