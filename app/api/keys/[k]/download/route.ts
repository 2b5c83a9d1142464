import { downloadValue } from "@/lib/contracts/keys";
import { downloadValue as service } from "@/lib/server/keys/download";
import { route } from "@/lib/server/route";

export const GET = route(downloadValue, service);
