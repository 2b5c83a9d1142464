// Counts and memory per class, from the walk all browsers share.

import type { getCensus as endpoint } from "../../contracts/keys.ts";
import type { Service } from "../context.ts";

export const getCensus: Service<typeof endpoint> = ({ runtime }, { query }) =>
  runtime.census.get({ refresh: query.refresh });
