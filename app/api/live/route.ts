import { openLive } from "@/lib/contracts/live";
import { streamEvents } from "@/lib/server/live/live-stream";
import { route } from "@/lib/server/route";

export const GET = route(openLive, streamEvents);
