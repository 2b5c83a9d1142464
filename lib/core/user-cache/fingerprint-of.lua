-- What an operator saw of a key: its type and the SHA-1 of its value. The TTL is left out on purpose: other programs
-- renew it all the time. Above 1 MB only the length and both ends are read, so that no call is long (hashing 1 MB takes
-- about 3 ms, copying 30 MB into a script ten times that).
-- Functions only: fingerprint_of(key), matches(key, seen).

local WHOLE_VALUE_BYTES, END_BYTES = 1024 * 1024, 64 * 1024
local LENGTH = { string = "STRLEN", list = "LLEN", hash = "HLEN", set = "SCARD", zset = "ZCARD", stream = "XLEN" }

local function length_of(key, kind)
  return LENGTH[kind] and redis.call(LENGTH[kind], key) or 0
end

local function memory_of(key)
  local bytes = redis.pcall("MEMORY", "USAGE", key, "SAMPLES", 5)
  return type(bytes) == "number" and bytes or nil
end

-- The user cache holds strings only. A collection under its prefix is somebody's mistake, which one must be able to
-- delete: small ones are compared whole, large ones by their length and memory.
local function fingerprint_of_collection(key, kind)
  local memory = memory_of(key)
  if memory and memory <= END_BYTES then
    return string.lower(kind) .. ":" .. redis.sha1hex(redis.call("DUMP", key))
  end
  local detail = redis.sha1hex(string.format("%.0f", memory or 0))
  return string.format("partial:%s:%.0f:%s", string.lower(kind), length_of(key, kind), detail)
end

local function fingerprint_of(key)
  local kind = redis.call("TYPE", key).ok
  if kind == "none" then return "absent" end
  if kind ~= "string" then return fingerprint_of_collection(key, kind) end
  local length = redis.call("STRLEN", key)
  if length <= WHOLE_VALUE_BYTES then return "string:" .. redis.sha1hex(redis.call("GET", key)) end
  local first = redis.call("GETRANGE", key, 0, END_BYTES - 1)
  local last = redis.call("GETRANGE", key, -END_BYTES, -1)
  return string.format("partial:string:%.0f:%s", length, redis.sha1hex(first .. last))
end

-- Whether a key is still what somebody saw. Bulk acts, which cannot hash 100,000 values, see only `length/<type>/<n>`.
local function matches(key, seen)
  local kind, length = string.match(seen, "^length/([^/]+)/(%d+)$")
  if not kind then return fingerprint_of(key) == seen end
  return redis.call("TYPE", key).ok == kind and length_of(key, kind) == tonumber(length)
end
