import type { GraphError } from './graph-error.ts'

/** Gateway timeouts in a row after which fewer rows are asked for. */
const PATIENT = 2

/** Fewer rows than this are hardly ever what makes Microsoft late. */
const SMALLEST = 50

/** The first page of a list, asked for in halves where Microsoft times out over it. */
export interface PageWanted {
  /** As it is to be asked for now. */
  link(): string
  /** Counts a failed try. */
  failed(error: GraphError): void
}

/**
 * Asks for half the rows after every further 504. Only a first page can be asked smaller: a next link carries its size
 * in what Graph says to use untouched, so such a page is tried again as it is, and the rest of a list stays as small as
 * its first page. https://learn.microsoft.com/en-us/graph/paging
 */
export function pageWanted(link: string): PageWanted {
  let asked = link
  let timeouts = 0
  return {
    link: () => asked,
    failed({ status }) {
      timeouts = status === 504 ? timeouts + 1 : 0
      if (timeouts >= PATIENT && !/[?&](\$|%24)skiptoken=/i.test(asked)) asked = halved(asked)
    },
  }
}

function halved(link: string): string {
  return link.replace(/([?&]\$top=)(\d+)/, (whole, name: string, rows: string) => {
    const half = Math.floor(Number(rows) / 2)
    return half < SMALLEST ? whole : name + half
  })
}
