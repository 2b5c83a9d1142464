-- Counts sign-in attempts in a window that begins with the first of them, or gives one back.
-- KEYS[1] counter   ARGV[1] +1 an attempt · -1 one that succeeded after all   ARGV[2] window, ms
-- Returns { attempts in the window, ms until it ends }
local counter, step, windowMs = KEYS[1], tonumber(ARGV[1]), ARGV[2]

if redis.call("EXISTS", counter) == 0 then
  if step < 0 then
    return { 0, 0 }
  end
  redis.call("SET", counter, 0, "PX", windowMs)
end
return { redis.call("INCRBY", counter, step), redis.call("PTTL", counter) }
