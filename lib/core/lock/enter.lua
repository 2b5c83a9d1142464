-- Enters leases into the books once they have lasted: counted in the quota, marked as held, and in the log. Leases that
-- were given back before that are only logged, and how often locks were met held is added up.
-- KEYS[7] log   KEYS[8] contention   KEYS[9] locks that are no user keys (1 to 6: the books, see accounting.lua)
-- ARGV[1] limit in bytes, 0 = none   ARGV[2] number of leases
-- Then for each lease: lock, token, "" if it is held, else ms it was held. Then pairs: lock, times it was met held.
-- Returns 1 · 0 the quota had no room for one of them beside the locks that are held (it is entered all the same)
local log, contention, others = KEYS[7], KEYS[8], KEYS[9]
local limit, leases = tonumber(ARGV[1]), tonumber(ARGV[2])
local MOST_CONTENDED, MOST_OTHERS = 1000, 100

local now, fits = now_ms(), 1

local function enter(lock, token)
  if redis.pcall("GET", lock) ~= token then return end
  note(log, lock, token, "acquired", "")
  if not is_user_key(lock) then
    redis.call("ZADD", others, now, lock)
    redis.call("ZREMRANGEBYRANK", others, 0, -MOST_OTHERS - 1)
    return
  end
  local calls = 0
  local room
  repeat
    room, calls = make_room(lock, #token, limit, now), calls + 1
  until room ~= "again" or calls == 3
  if room == "full" then fits = 0 end
  local expires_at = expiry_of(lock)
  if expires_at == -2 then return end
  redis.call("ZADD", LOCKS, math.floor(tonumber(string.match(token, "%d+$")) / 1000), lock)
  track(lock, #token, expires_at >= 0 and expires_at or nil, now)
end

local at = 3
for _ = 1, leases do
  local lock, token, passed_ms = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if passed_ms == "" then enter(lock, token) else note(log, lock, token, "passed", passed_ms) end
  at = at + 3
end
for i = at, #ARGV, 2 do redis.call("ZINCRBY", contention, ARGV[i + 1], ARGV[i]) end
if redis.call("ZCARD", contention) > MOST_CONTENDED then
  redis.call("ZREMRANGEBYRANK", contention, 0, -MOST_CONTENDED - 1)
end
return fits
