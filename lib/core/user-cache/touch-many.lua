-- Notes uses that Redis did not see, of keys that are counted; what is gone or uncounted is left alone.
-- KEYS[1] lru (see accounting.lua)
-- ARGV[1…] data keys
local time = redis.call("TIME")
local now = time[1] .. string.sub("000000" .. time[2], -6, -4)
for _, key in ipairs(ARGV) do redis.call("ZADD", KEYS[1], "XX", now, key) end
