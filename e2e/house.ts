import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, expect, type Page, test as playwrightTest } from '@playwright/test'
import { type Emulator, startEmulator } from 'entra-emulator'
import { type SeedName, seeds } from 'entra-emulator/seeds'
import { ensureOperator } from '../server/src/admins/operator.ts'
import { createSignInLink } from '../server/src/admins/sign-in-links.ts'
import { unguarded } from '../server/src/audit/test-audit.ts'
import { readConfig } from '../server/src/config.ts'
import type { Database } from '../server/src/db/open.ts'
import { createLog } from '../server/src/log.ts'
import { run } from '../server/src/main.ts'

/** A panel with its database, and the Entra tenant it knows, both in the process of the test. */
export interface House {
  /** Where the panel is, without a trailing slash. */
  url: string
  database: Database
  emulator: Emulator
  /** A fresh one-time link for the operator. */
  signInLink(): Promise<string>
}

interface TestFixtures {
  /** The tenant that the tests of a file find at Microsoft: Contoso, unless `test.use` says another. */
  seed: SeedName
  /** Runs before every test: nobody in the panel but its operator, and the tenant as it was seeded. */
  emptyHouse: undefined
  /** Signed in through a link, as `page` is, on a screen 400 px wide. */
  pageAt400: Page
}

/**
 * What the browser tests run in. One house serves all the tests of a worker, one after the other, each beginning with it
 * empty; `page` is signed in; paths are the panel's. A test fails too on whatever a page complains of in the console.
 */
export const test = playwrightTest.extend<TestFixtures, { house: House }>({
  house: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this very pattern.
    async ({}, use) => {
      await using started = new AsyncDisposableStack()
      await use(await openHouse(started))
    },
    { scope: 'worker' },
  ],
  seed: ['contoso', { option: true }],
  emptyHouse: [
    async ({ house, seed }, use) => {
      await empty(house, seed)
      await use(undefined)
    },
    { auto: true },
  ],
  baseURL: async ({ house }, use) => use(house.url),
  context: async ({ context }, use) => {
    const complaints = await listenForComplaints(context)
    await use(context)
    expect(complaints).toEqual([])
  },
  page: async ({ page, house, emptyHouse: _ }, use) => {
    await signIn(page, house)
    await use(page)
  },
  pageAt400: async ({ browser, house, emptyHouse: _ }, use) => {
    const context = await browser.newContext({ viewport: { width: 400, height: 800 } })
    const complaints = await listenForComplaints(context)
    const page = await context.newPage()
    await signIn(page, house)
    await use(page)
    await context.close()
    expect(complaints).toEqual([])
  },
})

async function openHouse(started: AsyncDisposableStack): Promise<House> {
  requireBuiltWeb()
  const port = await unusedPort()
  const url = `http://localhost:${port}`
  const emulator = await startEmulator({ redirectUris: [`${url}/api/entra/callback`] })
  started.defer(() => emulator.close())
  const folder = await mkdtemp(join(tmpdir(), 'keyroster-e2e-'))
  started.defer(() => rm(folder, { recursive: true }))
  const config = readConfig({
    KEYROSTER_PORT: String(port),
    KEYROSTER_DATA_DIR: folder,
    KEYROSTER_ENTRA_LOGIN_URL: emulator.origin,
    KEYROSTER_GRAPH_URL: emulator.origin,
    KEYROSTER_LOG_LEVEL: 'error',
  })
  const panel = await run(config, createLog(config.logLevel))
  started.defer(() => panel.close())
  const { database } = panel
  const signInLink = async () => createSignInLink(database.db, await ensureOperator(database.db), url)
  return { url, database, emulator, signInLink }
}

/** The system's choice, which it gives to nobody else soon; the panel must know its address before it listens. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function requireBuiltWeb(): void {
  if (existsSync(fileURLToPath(new URL('../web/dist/index.html', import.meta.url)))) return
  throw new Error('The web app is not built. Run npm run e2e, which builds it first.')
}

async function empty({ database, emulator }: House, seed: SeedName): Promise<void> {
  await database.pool.query(unguarded('truncate workspaces cascade'))
  emulator.revoke()
  emulator.world.login.consents.length = 0
  emulator.world.login.sessions.clear()
  emulator.faults.clear()
  emulator.requests.clear()
  const { directory, accounts, verifiedDomains } = seeds[seed]()
  Object.assign(emulator.tenant, { directory, accounts, verifiedDomains })
}

async function signIn(page: Page, house: House): Promise<void> {
  await page.goto(await house.signInLink())
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
}

/** Gathers errors of scripts, of the Content-Security-Policy and of the console, but not answers that refuse (4xx). */
async function listenForComplaints(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    const refused = /^Failed to load resource: .* status of 4\d\d/.test(message.text())
    if (message.type() === 'error' && !refused) complaints.push(message.text())
  })
  await context.exposeFunction('keepViolation', (violation: string) => complaints.push(violation))
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    keepViolation(['The policy refused', event.violatedDirective, event.blockedURI, event.sourceFile].join(' ')))`)
  return complaints
}
