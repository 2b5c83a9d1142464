// The same page for a queue whose name is that of a page beside it (schedulers).

import QueuePage from "../page";

export const metadata = { title: "Queue" };

export default QueuePage;
