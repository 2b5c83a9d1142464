-- Ends sessions.
-- KEYS: see books.lua
-- ARGV[1] what sessions' keys begin with   ARGV[2] what users' books begin with   ARGV[3] channel   ARGV[4] node id
-- ARGV[5] "confirm": who applies it shall say so at once   ARGV[6] "user": all of this user's, at most 100 · "ids"
-- ARGV[7] the user, or the first id; more may follow
-- Returns {how many were ended, the last entry or "0-0", how many of the user's are left}
local sessions, users, channel, node, confirm = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5] == "confirm"
local is_user = ARGV[6] == "user"
local ids = is_user and redis.call("ZRANGE", users .. ARGV[7], 0, 99) or { unpack(ARGV, 7) }

local now_ms = math.floor(now_us() / 1000)
local ended, entry = 0, "0-0"
for _, id in ipairs(ids) do
  local existed
  existed, entry = destroy(id, sessions, users, node, channel, now_ms, confirm)
  ended = ended + existed
  -- The user's own book must shrink whatever the owners' says, or its emptying would never end.
  if is_user then redis.call("ZREM", users .. ARGV[7], id) end
end
return { ended, entry, is_user and redis.call("ZCARD", users .. ARGV[7]) or 0 }
