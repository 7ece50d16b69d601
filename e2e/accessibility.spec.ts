import { expect, type Page } from '@playwright/test'
import { test } from './house.ts'
import {
  connectTenant,
  expectAccessible,
  expectNoAxeViolations,
  narrow,
  plugInAuthenticator,
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

test('passkeys, menus and drawers', async ({ page }) => {
  await plugInAuthenticator(page)
  await page.goto('/passkeys')
  await title(page, 'Passkeys')
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
