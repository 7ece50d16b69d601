const numbers = new Intl.NumberFormat()
const percents = new Intl.NumberFormat(undefined, { style: 'percent' })
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' })
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const times = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const distances = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

/** `12000` → “12,000”, as the reader writes numbers. */
export const formatCount = (count: number) => numbers.format(count)

/** `1, 'user'` → “1 user”, `0, 'user'` → “0 users”; give `many` where an s is not enough. */
export const formatCounted = (count: number, one: string, many = `${one}s`) =>
  `${numbers.format(count)} ${count === 1 ? one : many}`

/** How many a list has: “3 users”, or “10,000+ users” where they were counted no further. */
export const formatTotal = (
  { total, atLeast }: { total: number; atLeast?: true | undefined },
  one: string,
) => (atLeast ? `${numbers.format(total)}+ ${one}s` : formatCounted(total, one))

/** `0.42` → “42%”. */
export const formatShare = (share: number) => percents.format(share)

/** The exact moment in the reader's zone. */
export const formatMoment = (iso: string) => moments.format(new Date(iso))

/** The time of the day in the reader's zone. */
export const formatTime = (iso: string) => times.format(new Date(iso))

/** A day such as a credential's expiry; `iso` may be a date without a time. */
export const formatDay = (iso: string) => days.format(new Date(iso.length === 10 ? `${iso}T00:00` : iso))

const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** “3 minutes ago”, “in 2 days”; under a minute “just now”, or “in 20 seconds” for what is to come. */
export function formatDistance(iso: string, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000
  const step = steps.find(([, length]) => Math.abs(seconds) >= length)
  if (step) return distances.format(Math.trunc(seconds / step[1]), step[0])
  return seconds > 1 ? distances.format(Math.ceil(seconds), 'second') : 'just now'
}
