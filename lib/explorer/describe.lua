-- Reads the figures of keys. What Redis refuses this user stands as an error in its place, so it costs one figure.
-- The idle time comes first: asking for a length resets it.
-- KEYS the keys
-- Returns per key { type, PTTL, memory in bytes, encoding, idle seconds, length }; false is "not there"
local LENGTH = {
  string = "STRLEN", hash = "HLEN", list = "LLEN", set = "SCARD", zset = "ZCARD", stream = "XLEN",
}

local facts = {}
for i, key in ipairs(KEYS) do
  local kind = redis.pcall("TYPE", key)
  local length = LENGTH[kind.ok]
  facts[i] = {
    kind,
    redis.pcall("PTTL", key),
    redis.pcall("MEMORY", "USAGE", key, "SAMPLES", 5),
    redis.pcall("OBJECT", "ENCODING", key),
    redis.pcall("OBJECT", "IDLETIME", key),
    length and redis.pcall(length, key) or false,
  }
end
return facts
