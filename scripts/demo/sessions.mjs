// People who are signed in: each instance signs some in, serves their requests (its own people's and the others'), and
// lets some go. Their number is bounded: this may run for weeks.

import { randomBytes } from "node:crypto";
import { PRODUCTS, USERS } from "./people.mjs";
import { pick } from "./rhythm.mjs";

const MOST = 60;
const LIFETIME_MS = 30 * 60_000;
const DEVICES = ["Firefox on Linux", "Safari on iPhone", "Chrome on Windows", "the app on Android"];

export async function playSessions({ cluster, every }) {
  const { sessions } = cluster;
  /** Ids this instance has heard of; the requests of a load balancer reach every instance. */
  let known = [];

  async function signIn() {
    const { total } = await sessions.find({ limit: 1 });
    if (total >= MOST) return;
    const { id } = await sessions.create({ user: pick(USERS).email, data: freshData(), ttlMs: LIFETIME_MS });
    known.push(id);
  }

  async function serveRequests() {
    for (let request = 0; request < 5 && known.length > 0; request++) await sessions.get(pick(known));
  }

  async function changeOne() {
    const session = known.length > 0 && (await sessions.get(pick(known)));
    if (!session) return;
    const { sku } = pick(PRODUCTS);
    await sessions.save(session, { data: { ...session.data, cart: [...session.data.cart, sku].slice(-5) } });
    await sessions.touch(session.id, LIFETIME_MS);
  }

  async function signOut() {
    if (known.length > MOST / 4) await sessions.destroy(pick(known));
  }

  async function learn() {
    known = (await sessions.find({ limit: MOST })).sessions.map(({ id }) => id);
  }

  // The first visit finds somebody signed in.
  await Promise.all(Array.from({ length: 6 }, signIn));
  await learn();
  every(4_000, signIn);
  every(400, serveRequests);
  every(3_000, changeOne);
  every(12_000, signOut);
  every(5_000, learn);
}

function freshData() {
  return {
    device: pick(DEVICES),
    cart: [],
    locale: pick(["en", "pt", "vi", "pl"]),
    csrfToken: randomBytes(12).toString("hex"),
  };
}
