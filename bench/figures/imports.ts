import { type Floor, measureFloor } from '../floor.ts'
import { type Imported, importPeople } from '../import.ts'
import { type Figure, seconds, target, times, whole } from '../table.ts'
import type { FirstImport, Workspace } from '../workspace.ts'

/** Does once, in bulk, what the first import did; to be asked before anything else is imported. */
export async function floorOf({ tenant, panel, database }: Workspace): Promise<Floor> {
  return measureFloor(tenant.ready, panel.ready, database)
}

/** The first import of a tenant beside its floor. */
export function firstFigure({ run, seconds: taken, memory }: FirstImport, floor: Floor): Figure {
  const ratio = taken.together / floor.seconds.together
  return {
    name: 'first',
    title: `First import of ${whole(run.read)} people`,
    rows: [
      ['', 'scan', 'plan', 'apply', 'together', 'people/s', 'against the floor', ''],
      importRow('Keyroster', taken, run.read, ratio, target('≤ 2.0 ×', ratio <= 2)),
      [
        'floor',
        seconds(floor.seconds.fetch),
        '',
        seconds(floor.seconds.insert),
        seconds(floor.seconds.together),
        whole(run.read / floor.seconds.together),
        '',
        '',
      ],
    ],
    data: { people: run.read, applied: run.applied, seconds: taken, memory, floor, ratio },
  }
}

/** Imports the same tenant again, unchanged, and once more after one person in a hundred changed. */
export async function againFigure(workspace: Workspace, floor: Floor): Promise<Figure> {
  const { tenant, panel, database } = workspace
  const again = () => importPeople(panel.ready, database, { kind: 'all-users' })
  const unchanged = await again()
  const changed = await tenant.ask<number>('changeEvery', 100)
  const slightly = await again()
  const ratios = [unchanged, slightly].map((one) => one.seconds.together / floor.seconds.together)
  const row = (name: string, one: Imported, ratio: number, limit: number) =>
    importRow(name, one.seconds, one.run.read, ratio, target(`≤ ${limit} ×`, ratio <= limit))
  return {
    name: 'again',
    title: `Importing ${whole(unchanged.run.read)} people again`,
    rows: [
      ['', 'scan', 'plan', 'apply', 'together', 'people/s', 'against the floor', ''],
      row('nothing changed', unchanged, ratios[0]!, 0.8),
      row(`${whole(slightly.run.applied)} changed`, slightly, ratios[1]!, 0.9),
      ['floor', '', '', '', seconds(floor.seconds.together), '', '', ''],
    ],
    data: { unchanged, changed, slightly, floor, ratios },
  }
}

function importRow(name: string, taken: Imported['seconds'], people: number, ratio: number, judged: string) {
  const phases = [taken.scan, taken.plan, taken.apply, taken.together].map(seconds)
  return [name, ...phases, whole(people / taken.together), times(ratio), judged]
}
