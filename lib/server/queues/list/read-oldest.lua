-- Tells of some queues when the job that waits longest was added. It only reads.
-- KEYS[1] what queue keys begin with, `prefix:`
-- ARGV queues
-- Returns per queue ms; false where none waits, or nobody knows since when
--   In a list the next to run is the one that waits longest; among priorities it stands for them.
local found = {}
for at, queue in ipairs(ARGV) do
  local base = KEYS[1] .. queue .. ":"
  local oldest = false
  for _, id in ipairs({
    redis.call("LINDEX", base .. "wait", -1) or "",
    redis.call("LINDEX", base .. "paused", -1) or "",
    redis.call("ZRANGE", base .. "prioritized", 0, 0)[1] or "",
  }) do
    local added = id ~= "" and redis.call("HGET", base .. id, "timestamp")
    if added and (not oldest or tonumber(added) < tonumber(oldest)) then
      oldest = added
    end
  end
  found[at] = oldest
end
return found
