import type { Figures } from './measure.ts'
import { requestKinds } from './requests.ts'

type Row = [what: string, panel: string, floor?: string, ratio?: string]

const whole = (count: number) => Math.round(count).toLocaleString('en-US')
const ratio = (ours: number, floor: number) => `${(ours / floor).toFixed(2)} ×`
const megabytes = (bytes: number) => `${whole(bytes / 2 ** 20)} MB`

/** One case as a table of text: what the panel took, what the floor took, and how many times that is. */
export function tableOf(figures: Figures): string {
  const { people, seconds, requests, memory, floor } = figures
  const pace = (taken: number, count = people.read) =>
    `${taken.toFixed(2)} s, ${whole(count / taken)} people/s`
  const rows: Row[] = [
    ['', 'panel', 'floor', 'ratio'],
    ['scan', pace(seconds.scan), pace(floor.seconds.fetch), ratio(seconds.scan, floor.seconds.fetch)],
    ['plan', pace(seconds.plan)],
    [
      'apply',
      pace(seconds.apply, people.written),
      pace(floor.seconds.insert),
      ratio(seconds.apply, floor.seconds.insert),
    ],
    [
      'together',
      pace(seconds.together),
      pace(floor.seconds.together),
      ratio(seconds.together, floor.seconds.together),
    ],
    [
      'requests',
      whole(requests.together),
      whole(floor.requests.together),
      ratio(requests.together, floor.requests.together),
    ],
    ...requestKinds
      .filter((kind) => requests[kind] > 0)
      .map((kind): Row => [`  ${kind}`, whole(requests[kind]), whole(floor.requests[kind])]),
    ['  throttled', whole(requests.throttled), whole(floor.requests.throttled)],
    ['peak memory', megabytes(memory.peak)],
    ['  before the import', megabytes(memory.atRest)],
  ]
  return `${figures.name}: ${whole(people.read)} people read, ${whole(people.written)} written\n\n${aligned(rows)}`
}

function aligned(rows: Row[]): string {
  const width = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell = '', at) => (at === 0 ? cell.padEnd(width[at]!) : cell.padStart(width[at]!)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
