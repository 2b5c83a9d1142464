/** An expected failure. Its message is the one sentence a user reads: what is wrong and the cure. */
export class Failure extends Error {}
