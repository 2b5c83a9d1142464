// The same page for a queue whose name is that of a page beside it (schedulers).
export { default, metadata } from "../page";
