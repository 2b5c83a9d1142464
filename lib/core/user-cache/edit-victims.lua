-- Chooses whom a write would evict, and changes nothing: least recently used first, without held locks.
-- (KEYS 1 to 6: the books, see accounting.lua)
-- ARGV[1] bytes needed   ARGV[2] key that is being written, never chosen   ARGV[3] most victims
-- Returns { bytes that expired keys still count for, bytes of the victims, 1 if both are enough, victims … }
local needed, writing, most = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])

local now = now_ms()
local ghost_bytes, freed, victims = 0, 0, {}

local function size_or_ghost(key, size)
  local bytes = math.max(tonumber(size) or 0, 0)
  if redis.call("EXISTS", key) == 1 then return bytes end
  ghost_bytes = ghost_bytes + bytes
  return nil
end

-- Those whose time is over go without anybody's consent.
local due = redis.call("ZRANGEBYSCORE", EXPIRIES, "-inf", now, "LIMIT", 0, PLAN_DEPTH)
local is_due = {}
for first = 1, #due, BATCH do
  local page = { unpack(due, first, math.min(first + BATCH - 1, #due)) }
  for i, size in ipairs(redis.call("HMGET", SIZES, unpack(page))) do
    if not size_or_ghost(page[i], size) then is_due[page[i]] = true end
  end
end

local passed = 0
while ghost_bytes + freed < needed and #victims < most and passed < PLAN_DEPTH do
  local page = redis.call("ZRANGE", LRU, passed, passed + 99)
  if #page == 0 then break end
  passed = passed + #page
  local sizes = redis.call("HMGET", SIZES, unpack(page))
  for i, key in ipairs(page) do
    if ghost_bytes + freed >= needed or #victims >= most then break end
    if key ~= writing and not is_due[key] and is_user_key(key) and not is_held(key) then
      local bytes = size_or_ghost(key, sizes[i])
      if bytes and bytes > 0 then
        victims[#victims + 1] = key
        freed = freed + bytes
      end
    end
  end
end
return { whole(ghost_bytes), whole(freed), ghost_bytes + freed >= needed and 1 or 0, unpack(victims) }
