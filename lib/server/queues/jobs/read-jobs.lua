-- Reads chosen fields of many jobs of a queue, payloads left where they are. It only reads.
-- KEYS[1] what job keys begin with, `prefix:queue:`
-- ARGV[1] how many fields   ARGV[2] and on: the fields, then the job ids
--   `#data` is the length of the field `data`, `@delayed` the job's score in the sorted set `delayed`
-- Returns per job its fields in their order; false where there is none
local base, width = KEYS[1], tonumber(ARGV[1])

local jobs = {}
for at = width + 2, #ARGV do
  local id = ARGV[at]
  local plain, values = {}, {}
  for field = 1, width do
    local name = ARGV[field + 1]
    local mark = string.sub(name, 1, 1)
    if mark == "#" then
      values[field] = redis.call("HSTRLEN", base .. id, string.sub(name, 2))
    elseif mark == "@" then
      values[field] = redis.call("ZSCORE", base .. string.sub(name, 2), id)
    else
      plain[#plain + 1] = name
    end
  end
  local found = #plain > 0 and redis.call("HMGET", base .. id, unpack(plain)) or {}
  local next = 1
  for field = 1, width do
    if values[field] == nil then
      values[field] = found[next]
      next = next + 1
    end
  end
  jobs[#jobs + 1] = values
end
return jobs
