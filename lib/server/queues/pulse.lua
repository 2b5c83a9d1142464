-- Tells in which of some queues something happened lately. It only reads, and payloads stay where they are.
-- KEYS[1] what queue keys begin with, `prefix:`
-- ARGV[1] since when, ms of Redis' clock   ARGV[2] and on: queues
-- Returns { ms of Redis' clock, queue, … }
local base, since = KEYS[1], ARGV[1]

local time = redis.call("TIME")
local found = { time[1] * 1000 + math.floor(time[2] / 1000) }

local names, streams = {}, {}
for at = 2, #ARGV do
  streams[at - 1] = base .. ARGV[at] .. ":events"
  names[streams[at - 1]] = ARGV[at]
end

local function note(answer)
  for _, stream in ipairs(answer or {}) do
    found[#found + 1] = names[stream[1]]
  end
end

if #streams == 0 then
  return found
end
local command = { "XREAD", "COUNT", "1", "STREAMS", unpack(streams) }
for _ = 1, #streams do
  command[#command + 1] = since
end
local answer = redis.pcall(unpack(command))
if answer and answer.err then
  -- One of them is no stream, and spoils the question for all: each by itself.
  for _, stream in ipairs(streams) do
    local one = redis.pcall("XREAD", "COUNT", "1", "STREAMS", stream, since)
    if one and not one.err then
      note(one)
    end
  end
else
  note(answer)
end
return found
