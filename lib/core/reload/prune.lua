-- Forgets the answers of instances that are long gone.
-- KEYS[1] answers about one cache   KEYS[2] members: instance → ms of its last beat
-- ARGV[1] ms after which an instance that is silent is forgotten
-- Returns how many were forgotten
local answers, members, keepMs = KEYS[1], KEYS[2], tonumber(ARGV[1])
local time = redis.call("TIME")
local oldest = time[1] * 1000 - keepMs

local forgotten = 0
local found = redis.call("HGETALL", answers)
for index = 1, #found, 2 do
  local id = found[index]
  local readable, answer = pcall(cjson.decode, found[index + 1])
  local answeredAt = readable and type(answer) == "table" and tonumber(answer.at) or 0
  local beatAt = tonumber(redis.call("ZSCORE", members, id) or "0")
  if math.max(answeredAt, beatAt) < oldest then forgotten = forgotten + redis.call("HDEL", answers, id) end
end
return forgotten
