-- Room in the quota: shared functions, put after accounting.lua before every script that writes values within a limit.
--
-- Ghosts go first; live keys, least recently used first, only when no ghost is left; held locks never. What does not
-- fit beside the held locks is refused before anybody is evicted.

local BATCH_BYTES = 8 * 1024 * 1024 -- most bytes one call frees: Redis frees strings while everybody waits
local COUNTABLE = 2000 -- as many sizes are summed up within one call

-- Only a write that exceeds the limit comes here. (Lua makes the functions inside anew each time: as dear as commands.)
local function evict_for(key, bytes, limit, now)
  local function excess() return total_bytes() - size_of(key) + bytes - limit end

  -- Walks the least recently used keys until `needed` bytes are found. Never chooses the key that is written, nor a held
  -- lock (which goes to the back, so that walks do not meet it again and again).
  -- Returns { keys, bytes, strangers, exhausted }: `strangers` are members that free nothing when deleted, because their
  -- size is not counted or because they are no user keys; `exhausted` means that nobody else could be chosen.
  local function choose_victims(needed)
    local chosen = { keys = {}, bytes = 0, strangers = {}, exhausted = false }
    local has_locks, members = redis.call("EXISTS", LOCKS) == 1, redis.call("ZCARD", LRU)
    local passed, moved, page_size = 0, 0, 16
    local function is_enough() return chosen.bytes >= needed or chosen.bytes >= BATCH_BYTES end
    while not is_enough() and passed + moved < math.min(BATCH, members) do
      local page = redis.call("ZRANGE", LRU, passed, passed + page_size - 1)
      local sizes = redis.call("HMGET", SIZES, unpack(page))
      for i, member in ipairs(page) do
        if is_enough() then break end
        if has_locks and is_held(member) then
          redis.call("ZADD", LRU, now, member)
          moved = moved + 1
        else
          passed = passed + 1
          local size = tonumber(sizes[i])
          if member == key then
            -- passed over
          elseif size and is_user_key(member) then
            table.insert(chosen.keys, member)
            chosen.bytes = chosen.bytes + math.max(size, 0)
          else
            table.insert(chosen.strangers, member)
          end
        end
      end
      page_size = math.min(page_size * 4, BATCH - passed - moved)
    end
    chosen.exhausted = passed + moved >= members
    return chosen
  end

  local function evict(chosen)
    if #chosen.keys > 0 then redis.call("UNLINK", unpack(chosen.keys)) end
    untrack(chosen.keys)
    untrack(chosen.strangers)
  end

  -- Whether the value fits at all beside the locks that are held: "fits" · "full" · "again" (some locks were forgotten,
  -- because another writer removed their keys).
  local function room_beside_locks()
    local locks, needed = redis.call("ZRANGE", LOCKS, 0, -1), bytes
    for first = 1, #locks, 1000 do
      local page = { unpack(locks, first, math.min(first + 999, #locks)) }
      for i, size in ipairs(redis.call("HMGET", SIZES, unpack(page))) do
        if page[i] ~= key then needed = needed + (tonumber(size) or 0) end
      end
    end
    if needed <= limit then return "fits" end

    local gone = {}
    for i = 1, #locks do
      if #gone == BATCH then break end
      if redis.call("EXISTS", locks[i]) == 0 then table.insert(gone, locks[i]) end
    end
    untrack(gone)
    return #gone > 0 and "again" or "full"
  end

  -- Sums `sizes` up, if that is short work. Returns true if `total` was wrong.
  local function recount()
    if redis.call("HLEN", SIZES) > COUNTABLE then return false end
    local sum = 0
    for _, size in ipairs(redis.call("HVALS", SIZES)) do sum = sum + (tonumber(size) or 0) end
    if sum == total_bytes() then return false end
    correct_total(sum)
    return true
  end

  -- Bytes are counted, yet nobody is left to evict: `lru` was lost, or `total` is wrong. Returns true if that helped.
  local function repair_exhausted()
    local page = redis.call("HSCAN", SIZES, 0, "COUNT", BATCH)[2]
    local found = 0
    for i = 1, #page, 2 do found = found + redis.call("ZADD", LRU, "NX", 0, page[i]) end
    return found > 0 or recount()
  end

  if sweep_ghosts(now, BATCH) and excess() > 0 then return "again" end
  -- We never let the total pass the limit: somebody else did, or it is wrong.
  if total_bytes() > limit then recount() end
  local needed = excess()
  if needed <= 0 then return "fits" end

  local chosen = choose_victims(needed)
  if chosen.bytes >= needed then
    evict(chosen)
    return "fits"
  end
  local beside_locks = room_beside_locks()
  if beside_locks ~= "fits" then return beside_locks end
  if chosen.exhausted then
    if repair_exhausted() then return "again" end
    if #chosen.keys + #chosen.strangers == 0 then return "full" end
  end
  evict(chosen)
  return "again"
end

-- Makes room for `bytes` in `key`, so that the total stays within `limit` (0: no limit) when the value is written.
-- Returns "fits" (write now) · "again" (a batch was removed: call again before writing) · "full" (beside the held
-- locks there is no room for it; nobody was evicted).
local function make_room(key, bytes, limit, now)
  if limit > 0 and total_bytes() - size_of(key) + bytes > limit then return evict_for(key, bytes, limit, now) end
  if now % 8 == 0 then sweep_ghosts(now, FEW) end -- now and then: no write makes more than one
  return "fits"
end
