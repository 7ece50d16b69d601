import { setTimeout as sleep } from 'node:timers/promises'
import { call, importPeople, type Phase } from '../import.ts'
import { percentile, timed } from '../percentile.ts'
import { type Figure, milliseconds, target, whole } from '../table.ts'
import { listKinds } from '../user-lists.ts'
import type { Workspace } from '../workspace.ts'

/** Admins who look at pages of users meanwhile, and how long each looks at one, in milliseconds. */
const ADMINS = 2
const LOOK = 100

const phases: Phase[] = ['scan', 'plan', 'apply']

/** How long admins wait for pages of users while an import changes everybody in the workspace. */
export async function besideFigure(workspace: Workspace): Promise<Figure> {
  const { tenant, panel, database } = workspace
  const kinds = await listKinds(database, 500)
  const people = await tenant.ask<number>('changeEvery', 1)
  const samples: { phase: Phase; kind: string; took: number }[] = []
  let phase: Phase = 'scan'
  let isOver = false
  const look = async (first: number) => {
    for (let at = first; !isOver; at += ADMINS) {
      const { name, lists } = kinds[at % kinds.length]!
      const during = phase
      const took = await timed(() => call(panel.ready, 'GET', lists[at % lists.length]!.path))
      samples.push({ phase: during, kind: name, took })
      await sleep(LOOK)
    }
  }
  const admins = Promise.all(Array.from({ length: ADMINS }, (_, admin) => look(admin)))
  const imported = await importPeople(panel.ready, database, { kind: 'all-users' }, (now) => {
    phase = now
  }).finally(() => {
    isOver = true
  })
  await admins
  const during = (one: Phase) => samples.filter((sample) => sample.phase === one).map(({ took }) => took)
  return {
    name: 'beside',
    title: `GET /api/users while an import changes ${whole(people)} people`,
    rows: [['', 'pages', 'p50', 'p95', 'longest', ''], ...phases.map((one) => row(one, during(one)))],
    data: { people, seconds: imported.seconds, samples },
  }
}

function row(phase: Phase, samples: number[]): string[] {
  const p95 = percentile(samples, 0.95)
  const times = [percentile(samples, 0.5), p95, Math.max(...samples)].map(milliseconds)
  return [phase, whole(samples.length), ...times, target('p95 ≤ 250 ms', p95 <= 250)]
}
