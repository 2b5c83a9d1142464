-- Removes sessions without a word; who calls it announces once that everything went.
-- KEYS: see books.lua
-- ARGV[1] what sessions' keys begin with   ARGV[2] what users' books begin with   ARGV[3…] ids
-- Returns how many were removed
local removed = 0
for _, id in ipairs({ unpack(ARGV, 3) }) do
  removed = removed + redis.call("UNLINK", ARGV[1] .. id)
  forget(id, ARGV[2])
end
return removed
