import manifest from '../package.json' with { type: 'json' }

/** The panel's own version, as people see it. */
export const version: string = manifest.version
