-- An instance's sign of life: when it was heard, what it says of itself, one more sample. Now and then it tidies up: who
-- was silent for too long is forgotten, and old samples are dropped.
-- KEYS[1] members   KEYS[2] the instance's manifest   KEYS[3] its samples
-- ARGV[1] instance id   ARGV[2] manifest as JSON   ARGV[3] sample: numbers joined by ","; "" for none   ARGV[4] samples to keep
-- ARGV[5] ms after which a silent instance is forgotten   ARGV[6] "tidy", or "" most of the time to keep a beat cheap
-- Returns Redis' time in µs, as text
local members, manifest, samples = KEYS[1], KEYS[2], KEYS[3]
local keepMs = tonumber(ARGV[5])
local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call("ZADD", members, string.format("%.0f", nowMs), ARGV[1])
redis.call("SET", manifest, ARGV[2], "PX", keepMs)
if ARGV[3] ~= "" then redis.call("LPUSH", samples, string.format("%.0f,", nowMs) .. ARGV[3]) end

if ARGV[6] == "tidy" then
  redis.call("ZREMRANGEBYSCORE", members, "-inf", string.format("(%.0f", nowMs - keepMs))
  -- Noted by a server whose clock was ahead: who lives has overwritten it by now, at the latest a heartbeat from now.
  redis.call("ZREMRANGEBYSCORE", members, string.format("(%.0f", nowMs + 10000), "+inf")
  redis.call("LTRIM", samples, 0, ARGV[4] - 1)
  redis.call("PEXPIRE", members, keepMs)
  redis.call("PEXPIRE", samples, keepMs)
end

return string.format("%.0f", time[1] * 1000000 + time[2])
