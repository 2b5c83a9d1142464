-- Closes the journal of a reconcile that stops early.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1] token
-- Returns 1 closed · 0 it was not ours
local token = ARGV[1]

return owns_journal(token) and redis.call("DEL", JOURNAL) or 0
