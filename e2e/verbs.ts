import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Locator, type Page } from '@playwright/test'
import type { House } from './house.ts'

/** Runs axe over the page; what it finds is listed as the rule and the elements that break it. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(', ')}`)
  expect(found).toEqual([])
}

export const wide = { width: 1280, height: 800 }
export const narrow = { width: 400, height: 800 }

/** Looks at the page as it is, wide and at 400 px: axe finds nothing, and nobody must scroll sideways to read it. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size)
    await expectNoAxeViolations(page)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  }
  await page.setViewportSize(wide)
}

/** Gives the page's browser a passkey device that is always there and always agrees. */
export async function plugInAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

/** Gives the page a passkey device, and its person a passkey on it. */
export async function addPasskey(page: Page): Promise<void> {
  await plugInAuthenticator(page)
  await page.goto('/account')
  await page.getByLabel('Name of the new passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('table', { name: 'Passkeys' })).toContainText('Laptop')
}

/** As if everybody had touched their passkey too long ago for what is dangerous. */
export const letTouchesExpire = ({ database }: House) =>
  database.pool.query("update sessions set stepped_up_at = now() - interval '6 minutes'")

/** Presses Tab until the element has the focus, as somebody without a pointer would. */
export async function tabTo(target: Locator): Promise<void> {
  const page = target.page()
  await target.waitFor()
  for (let presses = 0; presses < 80; presses++) {
    if ((await target.and(page.locator(':focus')).count()) > 0) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`80 presses of Tab did not reach ${target}.`)
}

/** Describes the tenant's app in the connect form and leaves for Microsoft, from the choice of a source. */
export async function leaveForMicrosoft(page: Page, { emulator }: House): Promise<void> {
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).click()
  await page.getByLabel('Directory (tenant) ID or domain').fill(emulator.tenant.id)
  await page.getByLabel('Application (client) ID').fill(emulator.app.clientId)
  await page.getByRole('radio', { name: 'Client secret' }).check()
  await page.getByRole('textbox', { name: 'Client secret' }).fill(emulator.app.secrets[0]!.value)
  await page.getByRole('button', { name: 'Save connection' }).click()
  await page.getByRole('button', { name: 'Grant access' }).click()
}

/** From the first question of the wizard to a tenant that is connected and grants access, as an admin does it by hand. */
export async function connectTenant(page: Page, house: House): Promise<void> {
  await page.goto('/imports/new')
  await leaveForMicrosoft(page, house)
  await page.getByRole('button', { name: /^Sign in as .* Administrator$/ }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByText('every permission works')).toBeVisible()
}
