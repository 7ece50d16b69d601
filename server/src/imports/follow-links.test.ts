import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followLink, newWalk, type Walk } from './follow-links.ts'

/** Walks until it is stopped; answers after how many pages that was. */
function pagesUntilStopped(link: (page: number) => string, rows: number, expected: number | null): number {
  let walk: Walk = newWalk
  for (let page = 1; ; page += 1) {
    try {
      walk = followLink(walk, link(page), rows, expected)
    } catch (error) {
      expect(error).toMatchObject({ code: 'next_link_loop', retryable: false })
      return page
    }
  }
}

describe('a walk along next links', () => {
  it('is stopped in any circle, soon after it went round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 300 }), (way, circle) => {
        const link = (page: number) => `page ${page <= way ? page : way + ((page - way) % circle)}`
        expect(pagesUntilStopped(link, 999, null)).toBeLessThanOrEqual(3 * (way + circle) + 3)
      }),
    )
  })

  it('is never stopped on its way through as many people as Microsoft counts, however small the pages', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 10, max: 999 }), (people, size) => {
        let walk: Walk = newWalk
        for (let page = 1; page * size < people; page += 1)
          walk = followLink(walk, `page ${page}`, size, people)
      }),
    )
  })

  it.each([
    ['full pages', 999, 10_000, 26],
    ['empty pages', 0, 0, 101],
    ['pages of a list that nobody counted', 999, null, 20_001],
  ])('is stopped in %s under ever new links', (_what, rows, expected, pages) => {
    expect(pagesUntilStopped((page) => `page ${page}`, rows, expected)).toBe(pages)
  })
})
