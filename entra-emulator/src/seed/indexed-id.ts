import { mix } from './mix.ts'

/** GUIDs that indexes determine, and back. */
export interface IndexedIds {
  at(index: number): string
  /** `undefined` for a GUID that no index up to the count determines. */
  indexOf(id: string): number | undefined
}

/** Every 16-bit word as four digits: reading a large tenant makes millions of ids. */
const hex4 = Array.from({ length: 2 ** 16 }, (_, word) => word.toString(16).padStart(4, '0'))
const hex8 = (word: number) => hex4[word >>> 16]! + hex4[word & 0xffff]!

/** A GUID whose first eight digits are `head`; the others follow from it, so that an invented one is recognised. */
function guid(head: number, seed: number): string {
  const one = hex8(mix(seed, head, 101))
  const two = hex8(mix(seed, head, 102))
  const three = hex8(mix(seed, head, 103))
  const variant = '89ab'[head % 4]
  return `${hex8(head)}-${one.slice(0, 4)}-4${one.slice(5)}-${variant}${two.slice(1, 4)}-${two.slice(4)}${three}`
}

/** In no order that shows: the head is the index under a bijection of 32-bit numbers. */
export function scatteredIds(count: number, seed: number): IndexedIds {
  const key = mix(seed, 0, 104)
  // Odd factors have an inverse modulo 2^32; these two are each other's.
  const [factor, inverse] = [0x9e3779b1, 0x0e8b2f51]
  return {
    at: (index) => guid((Math.imul(index, factor) ^ key) >>> 0, seed),
    indexOf(id) {
      const head = Number.parseInt(id.slice(0, 8), 16)
      const index = Math.imul(head ^ key, inverse) >>> 0
      return index < count && guid(head, seed) === id ? index : undefined
    },
  }
}

/** In the order of the indexes: the 32-bit numbers are cut into as many strips, with one head somewhere in each. */
export function ascendingIds(count: number, seed: number): IndexedIds {
  const strip = 2 ** 32 / Math.max(count, 1)
  const headOf = (index: number) => {
    const start = Math.ceil(index * strip)
    return start + (mix(seed, index, 105) % Math.floor(strip))
  }
  return {
    at: (index) => guid(headOf(index), seed),
    indexOf(id) {
      const head = Number.parseInt(id.slice(0, 8), 16)
      const index = Math.floor(head / strip)
      // A head at the very end of a strip may round into the next.
      for (const near of [index, index - 1]) {
        if (near >= 0 && near < count && headOf(near) === head && guid(head, seed) === id) return near
      }
      return undefined
    },
  }
}
