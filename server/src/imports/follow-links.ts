import { GraphError } from '../entra/graph-error.ts'

/** A list may bring twice as many rows as Microsoft counted, and some thousand more, for its counts lag behind. */
const SLACK = 5_000

/** What an empty page counts, so that a list of nothing but empty pages ends too. */
const EMPTY = 50

/** Pages after which any list is too long, where Microsoft did not count it: twenty million people. */
const MOST_PAGES = 20_000

/** How far a walk along next links has come; never larger, however long the walk is. */
export interface Walk {
  pages: number
  rows: number
  /** A link that was passed, moved up to where the walk stands at each power of two. */
  mark: string | null
}

export const newWalk: Walk = { pages: 0, rows: 0, mark: null }

/**
 * Takes a walk one page further. Throws GraphError `next_link_loop` where the link was passed before, which Brent's way of
 * looking for cycles notices after at most three times as many pages as the circle and the way into it have, or where
 * more came than there can be, though every link is new. Such lists are real:
 * https://github.com/microsoftgraph/microsoft-graph-docs/issues/2635
 *
 * `expected` is how many rows Microsoft counted; null where it did not.
 */
export function followLink(walk: Walk, next: string, rows: number, expected: number | null): Walk {
  const pages = walk.pages + 1
  const all = walk.rows + (rows || EMPTY)
  const tooMany = expected === null ? pages > MOST_PAGES : all > 2 * expected + SLACK
  if (next === walk.mark || tooMany) throw loop(walk, pages)
  const isPowerOfTwo = (pages & (pages - 1)) === 0
  return { pages, rows: all, mark: isPowerOfTwo ? next : walk.mark }
}

const loop = (walk: Walk, pages: number) =>
  new GraphError({
    code: 'next_link_loop',
    finding: 'Microsoft’s list leads in a circle, so it was not read to its end.',
    remedy:
      'Start the import again later; if it stays, choose groups instead of all users, or ask Microsoft.',
    cause: { pages, rows: walk.rows },
  })
