-- Writes a foreign server's signal into the log, once however many instances heard it.
-- KEYS[1] log   KEYS[2] generations   KEYS[3] note of this signal
-- ARGV[1] caches joined by ","   ARGV[2] highest generation the caller has seen   ARGV[3] ms to remember the note
-- ARGV[4] entries to keep, about   ARGV[5] JSON: [name, value, …], fields of the log entry
-- Returns { id of the entry, generation }, the same for everybody who notes this signal
local log, generations, note = KEYS[1], KEYS[2], KEYS[3]

local noted = redis.call("GET", note)
if noted then
  local id, generation = string.match(noted, "^(%S+) (%d+)$")
  return { id, generation }
end

local generation = nextGeneration(generations, split(ARGV[1]), tonumber(ARGV[2]))[1]
local entry = { "caches", ARGV[1], "generation", generation }
for _, part in ipairs(cjson.decode(ARGV[5])) do entry[#entry + 1] = part end
local id = redis.call("XADD", log, "MAXLEN", "~", ARGV[4], "*", unpack(entry))
redis.call("SET", note, id .. " " .. generation, "PX", ARGV[3])
return { id, generation }
