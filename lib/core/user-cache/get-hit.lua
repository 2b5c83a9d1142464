-- The ordinary read, put before everything else and done before a single function is made: reads are what counts.
-- Goes on to get.lua when the value is absent, empty or large, when nobody counted it yet, and now and then.
-- KEYS[1] lru (see accounting.lua)   KEYS[7] data key
-- ARGV[1] the most bytes that may pass through Lua, where a large value is copied again and again
local value = redis.call("GETRANGE", KEYS[7], 0, ARGV[1])
local is_counted = true
if value ~= "" and #value <= tonumber(ARGV[1]) then
  local time = redis.call("TIME")
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  is_counted = redis.call("ZADD", KEYS[1], now, KEYS[7]) == 0
  if is_counted and now % 16 > 0 then return value end
end
