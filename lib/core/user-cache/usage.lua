-- Tells what the books say, changing nothing.
-- KEYS[1..6] are the books, see accounting.lua
-- Returns { total bytes, keys counted, held locks, ghosts (counted though expired) }
return {
  total_bytes(),
  redis.call("HLEN", SIZES),
  redis.call("ZCARD", LOCKS),
  redis.call("ZCOUNT", EXPIRIES, "-inf", now_ms()),
}
