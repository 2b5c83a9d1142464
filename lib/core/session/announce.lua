-- Announces that all sessions went.
-- KEYS: see books.lua
-- ARGV[1] channel   ARGV[2] node id   ARGV[3] "confirm": who applies it shall say so at once
-- Returns the entry
return announce("cache_clear", "", ARGV[2], ARGV[1], math.floor(now_us() / 1000), ARGV[3] == "confirm")
