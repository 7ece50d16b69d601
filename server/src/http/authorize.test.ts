import { may, roles } from '@keyroster/api/roles.ts'
import type { RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { callWith, createTestPanel, type TestPanel } from './test-panel.ts'
import { routesOf, type TestRoute } from './test-routes.ts'

let panel: TestPanel
let routes: TestRoute[]
beforeAll(async () => {
  const seen: RouteOptions[] = []
  panel = await createTestPanel({}, (route) => seen.push(route))
  routes = routesOf(seen)
})
afterAll(() => panel.close())

const isChange = ({ method }: TestRoute) => !['GET', 'HEAD', 'OPTIONS'].includes(method)
const withIds = (url: string) => url.replaceAll(/:\w+/g, crypto.randomUUID())

describe('every route', () => {
  it('is public, or names what it does', () => {
    expect(routes.length).toBeGreaterThan(40)
    const nameless = routes.filter(({ config }) => !config.public && config.action === undefined)
    expect(nameless.map(({ name }) => name)).toEqual([])
  })

  it('that changes something is public only where somebody signs in', () => {
    const open = routes.filter((route) => route.config.public && isChange(route)).map(({ url }) => url)
    expect(open.every((url) => url.startsWith('/api/session/'))).toBe(true)
  })

  it('asks who is there', async () => {
    const ask = callWith(panel.app)
    for (const { name, method, url } of routes.filter(({ config }) => !config.public)) {
      const { status } = await ask(method, withIds(url))
      expect({ name, status }).toEqual({ name, status: 401 })
    }
  })
})

describe.each(roles)('a person who is %s', (role) => {
  it('is let to each route by the table, and refused by it', async () => {
    const { db } = panel.panel.database
    const { id } = await db
      .insertInto('admins')
      .values({ workspace_id: panel.admin.workspaceId, name: 'Adele Vance', role })
      .returning('id')
      .executeTakeFirstOrThrow()
    for (const { method, url, config } of routes) {
      if (config.public || method === 'HEAD') continue
      // A session each: some routes end it.
      const ask = callWith(panel.app, `keyroster=${await startSession(db, id)}`)
      if (may(role, config.action!) && url.endsWith('/events')) continue
      const { status, body } = await ask<{ code?: string }>(method, withIds(url))
      const refused = status === 403 && body.code === 'not_allowed'
      expect({ method, url, refused }).toEqual({ method, url, refused: !may(role, config.action!) })
    }
  })
})
