/** The word of `known` that is fewest letters away from `word`. */
export function nearest(word: string, known: string[]): string {
  const distance = (other: string) => editDistance(word, other)
  return known.reduce((best, other) => (distance(other) < distance(best) ? other : best))
}

/** How many letters must be put in, taken out or changed to make `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
