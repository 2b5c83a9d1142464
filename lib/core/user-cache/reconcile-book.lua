-- Walks one page of a book and compares its members with the keys. A walk over `sizes` with a token also counts.
-- KEYS[1..6] are the books, see accounting.lua
-- ARGV[1] token, "" for a walk that does not count   ARGV[2] "sizes" · "lru" · "exp" · "locks"   ARGV[3] cursor,
-- "end" to read no further page, only the journal
-- Returns { cursor ("0" at the end), orphans, adopted, bytes the total was too high by, total, names still in the
-- journal, { name, bytes | nil, … } } · nil if the journal was lost. The list holds the names of this page and those whose
-- size changed since the page before, with what `sizes` says now. The last three are absent without a token, and when
-- the repair itself found the total to be wrong and set it: then the journal is lost, too.
local token, book, cursor = ARGV[1], ARGV[2], ARGV[3]
local PAGE, JOURNAL_PAGE = 100, 500

if token ~= "" and not owns_journal(token) then return nil end
local before, now = total_bytes(), now_ms()

local page = { "0", {} }
if cursor ~= "end" then
  if book == "sizes" then
    page = redis.call("HSCAN", SIZES, cursor, "COUNT", PAGE)
  else
    page = redis.call("ZSCAN", ({ lru = LRU, exp = EXPIRIES, locks = LOCKS })[book], cursor, "COUNT", PAGE)
  end
end
local names = {}
for i = 1, #page[2], 2 do names[#names + 1] = page[2][i] end
for _, name in ipairs(names) do repair(name, now) end

local reply = { page[1], found.orphans, found.adopted, before - total_bytes() }
if token == "" or not owns_journal(token) then return reply end

local changed = redis.call("LRANGE", JOURNAL, 1, JOURNAL_PAGE)
redis.call("LTRIM", JOURNAL, #changed + 1, -1)
redis.call("LPUSH", JOURNAL, token)
redis.call("PEXPIRE", JOURNAL, JOURNAL_TTL_MS)
reply[5], reply[6], reply[7] = total_bytes(), redis.call("LLEN", JOURNAL) - 1, {}
if book ~= "sizes" then return reply end

for _, name in ipairs(changed) do names[#names + 1] = name end
for _, name in ipairs(names) do
  table.insert(reply[7], name)
  table.insert(reply[7], redis.call("HGET", SIZES, name))
end
return reply
