import { getValue } from "@/lib/contracts/key-values";
import { getValue as service } from "@/lib/server/keys/value";
import { route } from "@/lib/server/route";

export const GET = route(getValue, service);
