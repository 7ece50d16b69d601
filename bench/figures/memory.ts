import { type Figure, megabytes, target, times, whole } from '../table.ts'
import type { FirstImport } from '../workspace.ts'

/** Whether memory and pace stay as they are while a tenant grows ten times. */
export function memoryFigure(small: FirstImport, large: FirstImport): Figure {
  const pace = ({ run, seconds }: FirstImport) => run.read / seconds.together
  const memory = large.memory.peak / small.memory.peak
  const paces = pace(large) / pace(small)
  const row = (one: FirstImport) => [
    `${whole(one.run.read)} people`,
    megabytes(one.memory.peak),
    whole(pace(one)),
    '',
  ]
  return {
    name: 'memory',
    title: `First imports of ${whole(small.run.read)} and ${whole(large.run.read)} people`,
    rows: [
      ['', 'peak memory', 'people/s', ''],
      row(small),
      row(large),
      [
        'ratio',
        times(memory),
        times(paces),
        `${target('≤ 1.15 ×', memory <= 1.15)}; ${target('≥ 0.7 ×', paces >= 0.7)}`,
      ],
    ],
    data: { small, large, memory, pace: paces },
  }
}
