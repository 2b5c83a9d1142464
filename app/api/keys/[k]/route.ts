import { deleteKey, writeKey } from "@/lib/contracts/key-edits";
import { getKey } from "@/lib/contracts/keys";
import { getKey as get } from "@/lib/server/keys/inspect";
import { deleteKey as remove } from "@/lib/server/keys/remove";
import { writeKey as write } from "@/lib/server/keys/write";
import { route } from "@/lib/server/route";

export const GET = route(getKey, get);
export const PUT = route(writeKey, write);
export const DELETE = route(deleteKey, remove);
