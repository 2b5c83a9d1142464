"use client";

import { readQueuesView, writeQueuesView } from "@/lib/client/queues/queues";
import { urlView } from "@/lib/client/url-view";

export const [useQueuesView, changeQueuesView] = urlView({
  read: readQueuesView,
  write: writeQueuesView,
  isStep: () => false,
});
