-- Gives up the part of the recorder, so that another console need not wait until it is free.
-- KEYS[1] recorder   ARGV[1] token of the caller
-- Returns 1 given up · 0 it was not the caller's
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("DEL", KEYS[1])
