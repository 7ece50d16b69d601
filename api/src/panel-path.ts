import { z } from 'zod'

/**
 * A path of the panel to come back to, with or without a query: words between single slashes. It has nothing that a
 * browser or a proxy might read as another site, such as //, a backslash, a dot, or one of these in percent signs.
 */
export const panelPath = z
  .string()
  .max(500)
  .regex(/^\/(?:[\w-]+(?:\/[\w-]+)*)?(?:\?[\w\-./=&%:]*)?$/, 'Give a path of this panel.')
