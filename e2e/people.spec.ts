import { expect, type Page } from '@playwright/test'
import { test } from './house.ts'
import { addPasskey, connectTenant, letTouchesExpire, plugInAuthenticator, tabTo } from './verbs.ts'

const title = (page: Page, name: string) =>
  expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()

/** Invites somebody by hand and answers the link, which is shown this once. */
async function invite(page: Page, { name, email, role }: { name: string; email: string; role: string }) {
  await page.goto('/people')
  await page.getByRole('link', { name: 'Invite somebody' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByRole('radio', { name: role }).check()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  await expect(page.getByText(`${name} is invited as`)).toBeVisible()
  return (await page.getByText(/\/invitation#token=/).textContent()) ?? ''
}

const megan = { name: 'Megan Bowen', email: 'megan@contoso.com', role: 'Helpdesk' }

test('a helpdesk person is invited, adds a passkey, and sees what helpdesk may', async ({
  page,
  browser,
  house,
}) => {
  const link = await invite(page, megan)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page.getByRole('table', { name: 'Open invitations' })).toContainText('megan@contoso.com')

  const context = await browser.newContext({ baseURL: house.url })
  const hers = await context.newPage()
  await plugInAuthenticator(hers)
  await hers.goto(link)
  await title(hers, 'You are invited')
  await expect(hers).toHaveURL(/\/invitation$/)
  await expect(hers.getByRole('main')).toContainText('Helpdesk. Sees users and groups')
  await hers.getByRole('button', { name: 'Accept the invitation' }).click()
  await title(hers, 'Add a passkey')
  await hers.getByLabel('Name of the new passkey').fill('Phone')
  await hers.getByRole('button', { name: 'Add a passkey' }).click()
  await title(hers, 'Users')

  await expect(hers.getByRole('navigation', { name: 'Main' }).getByRole('link')).toHaveText([
    'Users',
    'Groups',
  ])
  for (const [name, reason] of [
    ['New user', 'Only an owner or admin can add and change users.'],
    ['Import users', 'Only an owner or admin can import users.'],
  ] as const) {
    const button = hers.getByRole('button', { name })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await tabTo(button)
    await expect(hers.getByRole('tooltip', { name: reason })).toBeVisible()
    await button.press('Enter')
  }
  await expect(hers).toHaveURL(/\/users$/)
  for (const address of ['/connections', '/imports/new', '/people', '/tokens', '/audit', '/settings']) {
    await hers.goto(address)
    await title(hers, 'This page is not for your role')
  }
  await context.close()

  await page.reload()
  await expect(page.getByRole('table', { name: 'People' }).getByRole('row', { name: /Megan/ })).toContainText(
    'Helpdesk',
  )
})

test('an invitation without its answers lists what is missing, each a link to its place', async ({
  page,
}) => {
  await page.goto('/people/invite')
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  const summary = page.getByRole('alert').filter({ hasText: '3 things to mend' })
  await expect(summary).toBeFocused()
  await summary.getByRole('link', { name: 'Enter their name.' }).click()
  await expect(page.getByLabel('Name')).toBeFocused()
  await summary.getByRole('link', { name: 'Choose a role.' }).click()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('radio', { name: 'Owner' })).toBeFocused()
})

test('an invitation that was taken back lets nobody in', async ({ page, browser, house }) => {
  const link = await invite(page, megan)
  await page.goto('/people')
  await page.getByRole('button', { name: 'Take back the invitation of Megan Bowen' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
  await expect(page.getByText('None is open.')).toBeVisible()
  const context = await browser.newContext({ baseURL: house.url })
  const hers = await context.newPage()
  await hers.goto(link)
  await expect(hers.getByRole('alert')).toContainText('This invitation lets nobody in')
  await expect(hers.getByRole('alert')).toContainText('Ask whoever invited you')
  await context.close()
})

test('another role shows at once, a disabled person is signed out, and the last owner stays', async ({
  page,
  browser,
  house,
}) => {
  const link = await invite(page, megan)
  const context = await browser.newContext({ baseURL: house.url })
  const hers = await context.newPage()
  await hers.goto(link)
  await hers.getByRole('button', { name: 'Accept the invitation' }).click()
  await hers.getByRole('link', { name: 'Not now' }).click()
  await title(hers, 'Users')

  await page.goto('/people')
  await page.getByRole('link', { name: 'Megan Bowen' }).click()
  await expect(page.getByRole('table', { name: 'Sessions' })).toContainText('Invitation')
  await page.getByRole('radio', { name: 'Auditor' }).check()
  await page.getByRole('button', { name: 'Save person' }).click()
  await expect(page.getByText('Person saved')).toBeVisible()
  await hers.reload()
  await hers.getByRole('link', { name: 'Audit' }).click()
  await expect(hers.getByRole('table', { name: 'Audit events' })).toContainText(
    'changed the role of an admin',
  )

  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByRole('main').getByText('Disabled').first()).toBeVisible()
  await hers.getByRole('link', { name: 'Settings' }).click()
  await title(hers, 'Sign in to Keyroster')
  await context.close()

  await page.goto('/people')
  await page.getByRole('link', { name: 'Operator' }).click()
  await expect(page.getByRole('button', { name: 'Disable' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('radio', { name: 'Admin' }).check()
  await page.getByRole('button', { name: 'Save person' }).click()
  await expect(page.getByRole('alert', { name: 'The person was not changed' })).toContainText('owner')
})

test('a touch that is too old is asked for once, and what was asked for goes on', async ({ page, house }) => {
  await addPasskey(page)
  await letTouchesExpire(house)
  await page.goto('/people/invite')
  await page.getByLabel('Name').fill(megan.name)
  await page.getByLabel('Email').fill(megan.email)
  await page.getByRole('radio', { name: 'Helpdesk' }).check()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  const dialog = page.getByRole('dialog', { name: 'Touch your passkey to go on' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('alert')).toContainText('Nobody was invited')
  await expect(page.getByLabel('Name')).toHaveValue(megan.name)

  await page.getByRole('button', { name: 'Make the invitation' }).click()
  await dialog.getByRole('button', { name: 'Touch your passkey' }).click()
  await expect(page.getByText('Megan Bowen is invited as helpdesk')).toBeVisible()
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Invite somebody else' }).click()
  await page.getByLabel('Name').fill('Adele Vance')
  await page.getByLabel('Email').fill('adele@contoso.com')
  await page.getByRole('radio', { name: 'Auditor' }).check()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  await expect(page.getByText('Adele Vance is invited as auditor')).toBeVisible()
})

test('the question for a touch stands over another dialog, which keeps what was typed when it is closed', async ({
  page,
  house,
}) => {
  await addPasskey(page)
  await connectTenant(page, house)
  await page.goto('/connections')
  await page.getByRole('table', { name: 'Connections' }).getByRole('link').first().click()
  await letTouchesExpire(house)
  await page.getByRole('button', { name: 'Rename' }).click()
  const rename = page.getByRole('dialog', { name: 'Rename the connection' })
  await rename.getByRole('textbox', { name: 'Name' }).fill('Contoso of old')
  await page.keyboard.press('Enter')
  const touch = page.getByRole('button', { name: 'Touch your passkey' })
  await expect(touch).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(touch).toBeHidden()
  await expect(rename.getByRole('alert')).toContainText('The connection was not renamed')
  await expect(rename.getByRole('textbox', { name: 'Name' })).toHaveValue('Contoso of old')
  await rename.getByRole('button', { name: 'Rename connection' }).click()
  await expect(touch).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Contoso of old' })).toBeVisible()
})

test('whoever has no passkey is led to add one before what is dangerous', async ({ page, house }) => {
  await letTouchesExpire(house)
  await page.goto('/settings')
  await page.getByRole('switch', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: 'Save signing in' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Go to your passkeys' }).click()
  await title(page, 'Your account')
})

test('one’s other sessions are listed and ended', async ({ page, browser, house }) => {
  const context = await browser.newContext()
  const other = await context.newPage()
  await other.goto(await house.signInLink())
  await title(other, 'Users')
  await page.goto('/account')
  const sessions = page.getByRole('table', { name: 'Sessions' })
  await expect(sessions.getByRole('row')).toHaveCount(3)
  await expect(sessions.getByRole('row', { name: /This session/ })).toContainText('Sign-in link')
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
  await expect(sessions.getByRole('row')).toHaveCount(2)
  await other.getByRole('link', { name: 'Settings' }).click()
  await title(other, 'Sign in to Keyroster')
  await context.close()
})

test('who may not import sees the plan, and on every button why they cannot use it', async ({
  page,
  house,
}) => {
  await connectTenant(page, house)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Review' }).click()
  await title(page, 'Review the import')
  await house.database.pool.query("update admins set role = 'auditor'")
  // The page does not know yet: what it is refused tells it.
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  const deeds = [
    page.getByRole('button', { name: /^Import \d+ users$/ }),
    page.getByRole('button', { name: 'Cancel import' }),
  ]
  for (const deed of deeds) {
    await expect(deed).toHaveAttribute('aria-disabled', 'true')
    await deed.hover()
    await expect(
      page.getByRole('tooltip', { name: 'Only an owner or admin can import users.' }),
    ).toBeVisible()
  }
  await expect(page.getByRole('button', { name: 'Download the plan' })).toBeEnabled()
  await page.getByRole('link', { name: 'Connections' }).click()
  await page.getByRole('table', { name: 'Connections' }).getByRole('link').first().click()
  for (const name of ['Rename', 'Replace credential', 'Delete connection', 'Check again'])
    await expect(page.getByRole('button', { name })).toHaveAttribute('aria-disabled', 'true')
})
