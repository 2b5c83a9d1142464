-- Compares some keys that exist with the books: adopts those nobody counted, corrects sizes and expiries.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1] token   ARGV[2..] full key names
-- Returns { orphans, adopted, bytes the total was too high by } · nil if the journal was lost
local token = ARGV[1]

if not owns_journal(token) then return nil end
local before, now = total_bytes(), now_ms()
for i = 2, #ARGV do repair(ARGV[i], now) end

if owns_journal(token) then
  redis.call("LTRIM", JOURNAL, 0, 0) -- nobody counts yet
  redis.call("PEXPIRE", JOURNAL, JOURNAL_TTL_MS)
end
return { found.orphans, found.adopted, before - total_bytes() }
