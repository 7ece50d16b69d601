/** A database that cannot be used as it is; the message says to the operator what to do. */
export class DatabaseRefusal extends Error {}
