-- What was announced after an entry.
-- KEYS: see books.lua
-- ARGV[1] last entry known, "0-0": none   ARGV[2] how many at most
-- Returns {1 if some may be missing, last entry of the stream or "0-0", {type, id, node, entry …}}
local last = redis.call("XREVRANGE", LOG, "+", "-", "COUNT", 1)[1]
local known = ARGV[1]
-- Nothing is missing if what was known is still there, or if the stream is as empty as it was.
local is_whole = known == "0-0" and not last or #redis.call("XRANGE", LOG, known, known) == 1
local found = {}
for _, entry in ipairs(redis.call("XRANGE", LOG, "(" .. known, "+", "COUNT", ARGV[2])) do
  found[#found + 1] = { entry[2][2], entry[2][4], entry[2][6], entry[1] }
end
return { is_whole and 0 or 1, last and last[1] or "0-0", found }
