-- Opens the journal for one reconcile; there is only one at a time.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1] token
-- Returns 1 opened · 0 another reconcile is at work
local token = ARGV[1]

if redis.call("EXISTS", JOURNAL) == 1 and not owns_journal(token) then return 0 end
redis.call("DEL", JOURNAL)
redis.call("RPUSH", JOURNAL, token)
redis.call("PEXPIRE", JOURNAL, JOURNAL_TTL_MS)
return 1
