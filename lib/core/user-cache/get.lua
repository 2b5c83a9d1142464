-- The ordinary read: a value of ordinary size that is counted, or one that is neither there nor counted. Takes two keys
-- and makes no function, because reads are what counts; everything else is up to read.lua.
-- KEYS[1] lru (see accounting.lua)   KEYS[2] data key
-- Returns the value, its use noted · nil if absent · 0 not that ordinary: call read.lua
local call, lru, key = redis.call, KEYS[1], KEYS[2]

local value = call("GETRANGE", key, "0", "262144") -- what is larger is copied again and again in Lua, and read by GET
if value == "" and call("EXISTS", key) == 0 then return call("ZSCORE", lru, key) and 0 or nil end
if #value > 262144 then return 0 end

local time = call("TIME") -- ms as text: Lua numbers that long are slow to print
if call("ZADD", lru, time[1] .. string.sub("000000" .. time[2], -6, -4), key) == 0 then return value end
call("ZREM", lru, key)
return 0
