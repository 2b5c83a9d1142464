import { getValue } from "@/lib/contracts/keys";
import { getValue as service } from "@/lib/server/keys/value";
import { route } from "@/lib/server/route";

export const GET = route(getValue, service);
