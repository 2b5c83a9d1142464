-- Corrects the total by the difference that was counted. Writers have moved `sizes` and `total` by the same amounts
-- since then, so the difference still holds.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1] token   ARGV[2] sum of `sizes` when it was counted   ARGV[3] total at that moment
-- Returns 1 corrected · nil if the journal was lost
local token, counted, recorded = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

if not owns_journal(token) then return nil end
local total = total_bytes()
redis.call("DEL", JOURNAL)
correct_total(total == recorded and counted or total + counted - recorded)
keep_books()
return 1
