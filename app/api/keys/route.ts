import { createKey } from "@/lib/contracts/key-edits";
import { listKeys } from "@/lib/contracts/keys";
import { listKeys as list } from "@/lib/server/keys/list";
import { createKey as create } from "@/lib/server/keys/write";
import { route } from "@/lib/server/route";

export const GET = route(listKeys, list);
export const POST = route(createKey, create);
