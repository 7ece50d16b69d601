/** A 32-bit number that looks random, determined by three: the finalizer of MurmurHash3. */
export function mix(seed: number, index: number, salt: number): number {
  let mixed = Math.imul(index ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(seed + 1, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A number from 0 up to 1, likewise. */
export function share(seed: number, index: number, salt: number): number {
  return mix(seed, index, salt) / 2 ** 32
}

/** One of the choices, likewise. */
export function pick<T>(choices: readonly T[], seed: number, index: number, salt: number): T {
  return choices[mix(seed, index, salt) % choices.length]!
}
