import { decodeValue } from "@/lib/contracts/key-values";
import { decodeValue as service } from "@/lib/server/keys/decoded";
import { route } from "@/lib/server/route";

export const GET = route(decodeValue, service);
