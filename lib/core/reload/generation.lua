-- Generations: microseconds of Redis' clock, never going back for a cache, also when the clock or the data does. The
-- caller's own highest counts too: it covers a restart without data and a new primary whose clock lags.

local function microseconds()
  local time = redis.call("TIME")
  return time[1] * 1000000 + time[2]
end

-- The next generation, the same for all of `caches`, and remembered for each.
local function nextGeneration(generations, caches, highestSeen)
  local generation = math.max(microseconds(), highestSeen + 1)
  for _, cache in ipairs(caches) do
    generation = math.max(generation, (tonumber(redis.call("HGET", generations, cache) or "0") or 0) + 1)
  end
  local text = string.format("%.0f", generation)
  for _, cache in ipairs(caches) do redis.call("HSET", generations, cache, text) end
  return text
end

-- The newest present generation of `caches`.
local function presentGeneration(generations, caches)
  local generation = 0
  for _, cache in ipairs(caches) do
    generation = math.max(generation, tonumber(redis.call("HGET", generations, cache) or "0") or 0)
  end
  return string.format("%.0f", generation)
end

local function split(list)
  local parts = {}
  for part in string.gmatch(list, "[^,]+") do parts[#parts + 1] = part end
  return parts
end
