/** The config of routes for whoever is not signed in: often, but not forever; by address, so that nobody is locked out by another. */
export const atTheDoor = { public: true, rateLimit: { max: 60, timeWindow: 60_000 } }
