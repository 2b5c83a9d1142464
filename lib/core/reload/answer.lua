-- An instance's answer about one cache, and the news of it.
-- KEYS[1] answers about this cache
-- ARGV[1] instance id   ARGV[2] the answer as JSON without its closing brace   ARGV[3] channel of the news
-- Returns ms of Redis' clock, as text
local time = redis.call("TIME")
local at = string.format("%.0f", time[1] * 1000 + math.floor(time[2] / 1000))
local answer = ARGV[2] .. ',"at":' .. at .. "}"
redis.call("HSET", KEYS[1], ARGV[1], answer)
redis.call("PUBLISH", ARGV[3], answer)
return at
