import { expect, type Page } from '@playwright/test'
import { test } from './house.ts'
import {
  connectTenant,
  expectAccessible,
  expectNoAxeViolations,
  letTouchesExpire,
  narrow,
  plugInAuthenticator,
  wide,
} from './verbs.ts'

/** Looks at a list, then at the page of its first row. */
async function expectListAccessible(page: Page, list: string): Promise<void> {
  await page.goto(`/${list}`)
  const first = page.getByRole('main').getByRole('table').getByRole('row').nth(1).getByRole('link').first()
  await expect(first).toBeVisible()
  await expectAccessible(page)
  await first.click()
  await expect(page).toHaveURL(/[0-9a-f]{8}-/)
  await expectAccessible(page)
}

const title = (page: Page, name: string | RegExp) =>
  expect(page.getByRole('heading', { level: 1, name })).toBeVisible()

test('the sign-in page, also after a link that is spent', async ({ context, house }) => {
  const page = await context.newPage()
  await page.goto('/sign-in')
  await title(page, 'Sign in to Keyroster')
  await expectAccessible(page)
  const link = await house.signInLink()
  await house.database.pool.query('delete from sign_in_links')
  await page.goto(link)
  await expect(page.getByRole('alert')).toContainText('did not sign you in')
  await expectAccessible(page)
})

test('every list before anything is in it, and a page that does not exist', async ({ page }) => {
  const lists = { users: 'Users', groups: 'Groups', imports: 'Imports', connections: 'Connections' }
  for (const [path, heading] of Object.entries(lists)) {
    await page.goto(`/${path}`)
    await title(page, heading)
    await expectAccessible(page)
  }
  await page.goto('/nowhere')
  await title(page, 'This page does not exist')
  await expectAccessible(page)
  await page.goto('/api/docs')
  await title(page, 'Keyroster API')
  await expectAccessible(page)
})

test('one’s account, menus and drawers', async ({ page }) => {
  await plugInAuthenticator(page)
  await page.goto('/account')
  await title(page, 'Your account')
  await expectAccessible(page)
  await page.getByLabel('Name of the new passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('row', { name: /Laptop/ })).toBeVisible()
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Operator' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Notifications' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')

  await page.setViewportSize(narrow)
  await page.getByRole('button', { name: 'Open the navigation' }).click()
  await expect(page.getByRole('dialog', { name: 'Navigation' })).toBeVisible()
  await expectNoAxeViolations(page)
})

test('a user by hand: form, refusals, page, questions, list', async ({ page }) => {
  await page.goto('/users/new')
  await title(page, 'New user')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'to mend' })).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('Display name').fill(`A name that ${'goes on and '.repeat(20)}on`)
  await page.getByLabel('Email').fill(`${'long'.repeat(15)}@contoso.com`)
  await page.getByRole('button', { name: 'Add user' }).click()
  await title(page, /^A name that/)
  await expectAccessible(page)
  await page.getByRole('main').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Edit' }).click()
  await title(page, /^Edit A name that/)
  await expectAccessible(page)
  await page.goto('/users')
  await expect(page.getByRole('table', { name: 'Users' })).toBeVisible()
  await expectAccessible(page)
  await page.goto('/users?search=nobody&status=suspended')
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible()
  await expectAccessible(page)
})

test('an import from its first question to its report, and what it leaves in the lists', async ({
  page,
  house,
}) => {
  test.slow()
  await page.goto('/imports/new')
  await title(page, 'Where are the users?')
  await expectAccessible(page)
  await page.goto('/connections/new')
  await title(page, /Connect/)
  await expectAccessible(page)

  await connectTenant(page, house)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('radio', { name: 'People in chosen groups' }).check()
  await page.getByLabel('Groups', { exact: true }).fill('a')
  await expect(page.getByRole('option').first()).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.getByRole('radio', { name: 'All users' }).check()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page.getByRole('checkbox', { name: 'Sync with existing users' })).toBeVisible()
  await expectAccessible(page)

  house.emulator.faults.add({ route: 'users', times: 1, effect: { kind: 'delay', ms: 5000 } })
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByText('You can leave this page').first()).toBeVisible()
  await expectNoAxeViolations(page)
  await title(page, 'Review the import')
  await expectAccessible(page)
  await page.getByLabel('Decide all alike').selectOption({ label: 'Somebody else: add them' })
  await page.getByRole('button', { name: /^Apply to all/ }).click()
  await expect(page.getByText('Every conflict is decided.')).toBeVisible()
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  await title(page, 'Import completed')
  await expectAccessible(page)

  await page.getByRole('button', { name: /Notifications, 1 unread/ }).click()
  await expect(page.getByRole('dialog')).toContainText('import')
  await expectAccessible(page)
  for (const list of ['users', 'imports', 'connections']) await expectListAccessible(page, list)
})

test('a group that an import brought, and its members', async ({ page, house }) => {
  await connectTenant(page, house)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('radio', { name: 'People in chosen groups' }).check()
  await page.getByLabel('Groups', { exact: true }).fill('Mark 8')
  await page.getByRole('option', { name: /^Mark 8 Project Team/ }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  await title(page, 'Import completed')
  await expectListAccessible(page, 'groups')
})

test('people: list, invitation, the page of one, and the invitation’s own pages', async ({
  page,
  browser,
  house,
}) => {
  await page.goto('/people')
  await title(page, 'People')
  await expect(page.getByText('None is open.')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Invite somebody' }).click()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  await expect(page.getByRole('alert', { name: '3 things to mend' })).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('Name').fill('Megan Bowen')
  await page.getByLabel('Email').fill('megan@contoso.com')
  await page.getByRole('radio', { name: 'Helpdesk' }).check()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  const link = (await page.getByText(/#token=/).textContent())!
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page.getByRole('table', { name: 'Open invitations' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Operator' }).click()
  await expect(page.getByRole('table', { name: 'Sessions' })).toBeVisible()
  await expectAccessible(page)

  const colorScheme = (await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
    ? 'dark'
    : 'light'
  const context = await browser.newContext({ baseURL: house.url, colorScheme, reducedMotion: 'reduce' })
  const hers = await context.newPage()
  await hers.goto(link)
  await expect(hers.getByRole('button', { name: 'Accept the invitation' })).toBeVisible()
  await expectAccessible(hers)
  await hers.getByRole('button', { name: 'Accept the invitation' }).click()
  await title(hers, 'Add a passkey')
  await expectAccessible(hers)
  await hers.getByRole('link', { name: 'Not now' }).click()
  await title(hers, 'Users')
  await hers.getByRole('button', { name: 'Import users' }).hover()
  await expect(hers.getByRole('tooltip')).toBeVisible()
  await expectAccessible(hers)
  await hers.goto('/connections')
  await title(hers, 'This page is not for your role')
  await expectAccessible(hers)
  await context.close()
})

test('tokens, the audit log, settings, and the question for a passkey', async ({ page, house }) => {
  await page.goto('/tokens')
  await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Create a token' }).click()
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByRole('alert', { name: '2 things to mend' })).toBeVisible()
  await expectAccessible(page)
  await page.getByLabel('Name').fill('Nightly import')
  await page.getByRole('checkbox', { name: 'Start, confirm and cancel imports' }).check()
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByText(/^kr_/)).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page.getByRole('table', { name: 'API tokens' })).toBeVisible()
  await expectAccessible(page)

  await page.goto('/audit')
  await page
    .getByRole('table', { name: 'Audit events' })
    .getByRole('button', { name: 'Details' })
    .first()
    .click()
  await page.getByRole('switch', { name: 'Live' }).click()
  // The live view keeps a request open, so that the network is never idle.
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size)
    await expectNoAxeViolations(page)
  }
  await page.setViewportSize(wide)
  await page.goto('/audit?outcome=refused&from=2026-01-01')
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  await expectAccessible(page)

  await page.goto('/settings')
  await page.getByRole('radio', { name: 'For some days' }).check()
  await expectAccessible(page)
  await letTouchesExpire(house)
  await page.getByRole('button', { name: 'Save audit log' }).click()
  await expect(page.getByRole('dialog', { name: 'Touch your passkey to go on' })).toBeVisible()
  await expectAccessible(page)
})
