import { getOverview } from "@/lib/contracts/overview";
import { getOverview as service } from "@/lib/server/overview/overview";
import { route } from "@/lib/server/route";

export const GET = route(getOverview, service);
