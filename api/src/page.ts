import { z } from 'zod'

/** How many rows a page has where nobody says otherwise. */
export const PAGE_SIZE = 50

/** Query of every list: an opaque cursor from the last answer and how many rows to send. */
export const pageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(PAGE_SIZE),
})

/**
 * One page of a list: `total` counts all that match, or `atLeast` so many where counting them all would take longer than
 * the page; `next` is the cursor of the following page.
 */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    total: z.number().int(),
    atLeast: z.literal(true).optional(),
    next: z.string().nullable(),
  })

export type Page<T> = { items: T[]; total: number; atLeast?: true | undefined; next: string | null }
