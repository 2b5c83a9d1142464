-- Looks at a key without changing anything.
-- KEYS[1] the key   ARGV[1] 1 to get the value too (strings up to 1 MB)
-- Returns { fingerprint, type, PTTL, value or false }
local key, with_value = KEYS[1], ARGV[1] == "1"

local kind = redis.call("TYPE", key).ok
local value = false
if with_value and kind == "string" and redis.call("STRLEN", key) <= WHOLE_VALUE_BYTES then
  value = redis.call("GET", key)
end
return { fingerprint_of(key), kind, redis.call("PTTL", key), value }
