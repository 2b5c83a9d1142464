-- Everybody who was heard within the time that silent instances are kept, at one instant. Reads only. Nobody was heard in
-- the future: such a score is of before a failover to a server whose clock lags, and says nothing.
-- KEYS[1] members
-- ARGV[1] what stands before an instance's id in the name of its manifest (same slot as the members)
-- ARGV[2] ms after which a silent instance is forgotten   ARGV[3] "" for all, or the id of the only one wanted
-- ARGV[4] samples wanted of each
-- Returns Redis' time in ms as text, then for each: id, ms of its last beat, manifest or "", samples newest first
local members, prefix, keepMs, only, wanted = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call("TIME")
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)

local reply = { string.format("%.0f", nowMs) }
local oldest, newest = string.format("(%.0f", nowMs - keepMs), string.format("%.0f", nowMs + 10000)
local heard = redis.call("ZRANGE", members, oldest, newest, "BYSCORE", "WITHSCORES")
for i = 1, #heard, 2 do
  local id = heard[i]
  if only == "" or only == id then
    local manifest = redis.call("GET", prefix .. id) or ""
    local samples = {}
    if wanted > 0 then samples = redis.call("LRANGE", prefix .. id .. ":samples", 0, wanted - 1) end
    reply[#reply + 1] = { id, string.format("%.0f", heard[i + 1]), manifest, samples }
  end
end
return reply
