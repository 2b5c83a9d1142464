-- Makes room for a value that is not sent yet: the further calls of a write that needs many evictions.
-- KEYS[7] data key that will be written (1 to 6: the books, see accounting.lua)
-- ARGV[1] bytes of the value   ARGV[2] limit in bytes
-- Returns "fits" · "again" · "full" (see make_room)
local key, bytes, limit = KEYS[7], tonumber(ARGV[1]), tonumber(ARGV[2])

return make_room(key, bytes, limit, now_ms())
