import { downloadValue } from "@/lib/contracts/key-values";
import { downloadValue as service } from "@/lib/server/keys/download";
import { route } from "@/lib/server/route";

export const GET = route(downloadValue, service);
