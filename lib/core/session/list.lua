-- One page of the index, those seen last first, with what is known of each without reading it whole. Changes nothing.
-- KEYS: see books.lua
-- ARGV[1] what sessions' keys begin with   ARGV[2] the user's book, "" everybody   ARGV[3] seen at most then, or "+inf"
-- ARGV[4] how many of those to skip   ARGV[5] how many
-- Returns {now in ms, total, {id, seen, ms left (-2 gone), bytes, head of the record, owner} …}
local sessions, of_user = ARGV[1], ARGV[2] ~= ""
local book_read = of_user and ARGV[2] or SEEN

local now_ms = math.floor(now_us() / 1000)
local rows = {}
local page = redis.call("ZREVRANGEBYSCORE", book_read, ARGV[3], "-inf", "WITHSCORES", "LIMIT", ARGV[4], ARGV[5])
for at = 1, #page, 2 do
  local id = page[at]
  local key = sessions .. id
  local is_string = redis.call("TYPE", key).ok == "string"
  rows[#rows + 1] = { id, page[at + 1], redis.call("PTTL", key), is_string and redis.call("STRLEN", key) or 0,
    is_string and redis.call("GETRANGE", key, 0, 127) or "", redis.call("HGET", OWNERS, id) or "" }
end
local total = of_user and redis.call("ZCARD", book_read) or redis.call("ZCOUNT", EXPIRY, "(" .. whole(now_ms), "+inf")
return { now_ms, total, rows }
