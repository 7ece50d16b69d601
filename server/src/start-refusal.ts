/** Why the panel does not start, or not on this database: the message says to the operator what to do. */
export class StartRefusal extends Error {}
