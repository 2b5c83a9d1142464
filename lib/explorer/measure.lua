-- Weighs keys without touching them: their idle time stays what it is. A refused command stands as an error in its place.
-- KEYS the keys
-- Returns per key { PTTL, memory in bytes }; false is "not there"
local weights = {}
for i, key in ipairs(KEYS) do
  weights[i] = { redis.pcall("PTTL", key), redis.pcall("MEMORY", "USAGE", key, "SAMPLES", 5) }
end
return weights
