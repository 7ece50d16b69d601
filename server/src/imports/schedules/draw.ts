/** Choices that a seed determines. */
export interface Draw {
  /** True in this share of all cases, 0 to 1. */
  chance(share: number): boolean
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number
  pick<T>(from: readonly T[]): T
  /** About this share of them, in their order. */
  some<T>(from: readonly T[], share: number): T[]
  uuid(): string
}

/** Mulberry32: the same seed always draws the same. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  const hex = (digits: number) => Array.from({ length: digits }, () => int(0, 15).toString(16)).join('')
  return {
    chance: (share) => next() < share,
    int,
    pick: (from) => from[int(0, from.length - 1)]!,
    some: (from, share) => from.filter(() => next() < share),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}
