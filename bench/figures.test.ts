import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiFigure } from './figures/api.ts'
import { besideFigure } from './figures/beside.ts'
import { againFigure, firstFigure, floorOf } from './figures/imports.ts'
import { memoryFigure } from './figures/memory.ts'
import { requestsFigure } from './figures/requests.ts'
import { timeFigure } from './figures/time.ts'
import { tableOf } from './table.ts'
import { type FirstImport, importFirst, startWorkspace, type Workspace } from './workspace.ts'

const USERS = 300

let workspace: Workspace
let imported: FirstImport
beforeAll(async () => {
  workspace = await startWorkspace({ users: USERS })
  imported = await importFirst(workspace)
}, 60_000)
afterAll(() => workspace[Symbol.asyncDispose]())

it('counts the requests of the panel and of its peers on one tenant', async () => {
  const figure = await requestsFigure(60, 5)
  expect(figure.rows.map(([reader]) => reader)).toEqual([
    '',
    'Keyroster',
    '@backstage/plugin-catalog-backend-module-msgraph',
    '@microsoft/microsoft-graph-client',
  ])
  // All users are one page; Backstage asks for the organization, the users, the groups, and each group's members.
  expect(figure.rows[2]!.slice(1, 3)).toEqual(['1 (fewest)', '8'])
  expect(figure.rows[3]!.slice(1, 3)).toEqual(['1 (fewest)', '5'])
}, 60_000)

it('times the panel and its peers on one tenant', async () => {
  const figure = await timeFigure(60, 4, 10)
  const [, own, , iterator] = figure.rows
  expect(own![1]).toBe(iterator![1])
}, 60_000)

it('measures imports beside a floor that writes the same rows', async () => {
  const floor = await floorOf(workspace)
  expect(floor.rows).toEqual({ import_entries: USERS, users: imported.run.applied })
  expect(tableOf(firstFigure(imported, floor))).toMatch(/^First import of 300 people\n\n +scan/)
  const again = await againFigure(workspace, floor)
  expect(again.rows.map(([name]) => name)).toEqual(['', 'nothing changed', '3 changed', 'floor'])
}, 60_000)

it('tells how much more memory a larger tenant took', () => {
  const larger = { ...imported, memory: { ...imported.memory, peak: imported.memory.peak * 2 } }
  expect(memoryFigure(imported, larger).rows.at(-1)).toEqual([
    'ratio',
    '2.00 ×',
    '1.00 ×',
    '≤ 1.15 ×: missed; ≥ 0.7 ×: met',
  ])
})

it('times pages of users, alone and while an import changes everybody', async () => {
  const alone = await apiFigure(workspace)
  expect(alone.rows.length).toBe(7)
  const beside = await besideFigure(workspace)
  expect(beside.rows.map(([phase]) => phase)).toEqual(['', 'scan', 'plan', 'apply'])
}, 60_000)
