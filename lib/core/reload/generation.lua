-- Generations: microseconds of Redis' clock, never going back for a cache, also when the clock or the data does. The
-- caller's own highest counts too: it covers a restart without data and a new primary whose clock lags.

local function microseconds()
  local time = redis.call("TIME")
  return time[1] * 1000000 + time[2]
end

-- Generations of `caches` as text.
local function presentGenerations(generations, caches)
  local present = {}
  for index, cache in ipairs(caches) do present[index] = redis.call("HGET", generations, cache) or "0" end
  return present
end

local function newestOf(present)
  local newest = 0
  for _, generation in ipairs(present) do newest = math.max(newest, tonumber(generation) or 0) end
  return string.format("%.0f", newest)
end

-- The next generation, the same for all of `caches`, and remembered for each.
local function nextGeneration(generations, caches, highestSeen)
  local newest = tonumber(newestOf(presentGenerations(generations, caches)))
  local generation = string.format("%.0f", math.max(microseconds(), highestSeen + 1, newest + 1))
  local present = {}
  for index, cache in ipairs(caches) do
    redis.call("HSET", generations, cache, generation)
    present[index] = generation
  end
  return present
end

local function split(list)
  local parts = {}
  for part in string.gmatch(list, "[^,]+") do parts[#parts + 1] = part end
  return parts
end
