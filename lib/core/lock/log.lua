-- The log of leases: one shared function, put after accounting.lua and lease.lua.

local LOG_LENGTH = 5000 -- about; some 700 KB

-- Writes down what became of a lease: "acquired" · "passed" (`detail` ms after it was acquired) · "released" · "forced"
-- (`detail`: by whom).
local function note(log, lock, token, event, detail)
  redis.call("XADD", log, "MAXLEN", "~", LOG_LENGTH, "*", "l", lock, "t", string.sub(token, 1, 200), "e", event, "d", detail)
end
