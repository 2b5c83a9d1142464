-- Takes an instance out of the cluster at once, as it ends in good order.
-- KEYS[1] members   KEYS[2] the instance's manifest   KEYS[3] its samples
-- ARGV[1] instance id
redis.call("ZREM", KEYS[1], ARGV[1])
redis.call("UNLINK", KEYS[2], KEYS[3])
