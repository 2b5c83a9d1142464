-- Publishes one signal: a generation, the messages, and the log entry with how many heard each message.
-- KEYS[1] log   KEYS[2] generations
-- ARGV[1] caches joined by ","   ARGV[2] highest generation the caller has seen
-- ARGV[3] 1 a new generation · 0 the present one, to ask again   ARGV[4] entries to keep, about
-- ARGV[5] JSON: { messages: [[channel, message without its closing brace]], fields: [name, value, …] of the log entry }
-- Returns { id of the entry, generations in the order of the caches, subscribers this node knew of for each message }
local log, generations = KEYS[1], KEYS[2]
local caches = split(ARGV[1])
local signal = cjson.decode(ARGV[5])

-- A signal has one generation; asked again, each cache keeps its own, and the newest stands for all.
local present = ARGV[3] == "1" and nextGeneration(generations, caches, tonumber(ARGV[2]))
  or presentGenerations(generations, caches)
local generation = newestOf(present)

local receivers, heard = {}, {}
for index, message in ipairs(signal.messages) do
  local count = redis.call("PUBLISH", message[1], message[2] .. ',"generation":' .. generation .. "}")
  receivers[index] = count
  heard[index] = message[1] .. "=" .. string.format("%.0f", count)
end

local entry = { "caches", ARGV[1], "generation", generation, "channels", table.concat(heard, ",") }
for _, part in ipairs(signal.fields) do entry[#entry + 1] = part end
local id = redis.call("XADD", log, "MAXLEN", "~", ARGV[4], "*", unpack(entry))
return { id, present, receivers }
