import { expect } from '@playwright/test'
import { test } from './house.ts'
import { connectTenant, plugInAuthenticator, tabTo } from './verbs.ts'

test('a sign-in link signs in once, and says why it does not a second time', async ({ context, house }) => {
  const link = await house.signInLink()
  const first = await context.newPage()
  await first.goto(link)
  await expect(first.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  await first.goBack()
  expect(first.url()).not.toContain('token')

  await context.clearCookies()
  const second = await context.newPage()
  await second.goto(link)
  const alert = second.getByRole('alert')
  await expect(alert).toContainText('The link did not sign you in')
  await expect(alert).toContainText('sign-in-link')
  await expect(second).toHaveURL(/\/sign-in$/)
})

test('an answer from before the link was spent, and late, does not sign out again', async ({
  browser,
  house,
}) => {
  const context = await browser.newContext({ baseURL: house.url })
  const page = await context.newPage()
  const spent = page.waitForResponse('**/api/session/link')
  const nobody = await (await context.request.get('/api/session')).text()
  await page.route(
    '**/api/session',
    async (route) => {
      await spent
      await route
        .fulfill({ status: 401, contentType: 'application/problem+json', body: nobody })
        .catch(() => {})
    },
    { times: 1 },
  )
  await page.goto(await house.signInLink())
  await spent
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  await page.waitForTimeout(1000)
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  await context.close()
})

test('a passkey is added, and signs in after signing out', async ({ page }) => {
  await plugInAuthenticator(page)
  await page.getByRole('link', { name: 'Add a passkey' }).click()
  await page.getByLabel('Name of the new passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const passkey = page.getByRole('table', { name: 'Passkeys' }).getByRole('row', { name: /Laptop/ })
  await expect(passkey).toContainText('Never')

  await page.getByRole('button', { name: 'Operator' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Keyroster' })).toBeVisible()
  expect((await page.request.get('/api/session')).status()).toBe(401)

  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page).toHaveURL(/\/account$/)
  await expect(passkey).not.toContainText('Never')

  await page.getByRole('button', { name: 'Remove Laptop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByRole('dialog')).toContainText('Add another one before you remove it')
})

test('a passkey of another panel is refused in words', async ({ page, house }) => {
  await plugInAuthenticator(page)
  await page.goto('/account')
  await page.getByLabel('Name of the new passkey').fill('Laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByRole('row', { name: /Laptop/ })).toBeVisible()
  await house.database.pool.query('delete from passkeys')
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('alert')).toContainText('The passkey did not sign you in')
})

test('the keyboard alone is enough to add a passkey, sign out and sign in again', async ({ page }) => {
  await plugInAuthenticator(page)
  const { keyboard } = page
  await tabTo(page.getByRole('link', { name: 'Add a passkey' }))
  await keyboard.press('Enter')
  await tabTo(page.getByLabel('Name of the new passkey'))
  await keyboard.type('Laptop')
  await keyboard.press('Enter')
  await expect(page.getByRole('row', { name: /Laptop/ })).toBeVisible()

  await tabTo(page.getByRole('button', { name: 'Operator' }))
  await keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
  await keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
  await keyboard.press('Enter')
  await tabTo(page.getByRole('button', { name: 'Sign in with a passkey' }))
  await keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Operator' })).toBeVisible()
})

test('a Microsoft account is bound, signs in, and one that nobody bound is refused in words', async ({
  page,
  house,
}) => {
  await connectTenant(page, house)
  await page.goto('/settings')
  await page.getByRole('switch', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: 'Save signing in' }).click()
  await expect(page.getByText('Signing in saved')).toBeVisible()

  await page.goto('/account')
  await page.getByRole('button', { name: 'Bind a Microsoft account' }).click()
  await page.getByRole('button', { name: /^Sign in as .* Administrator$/ }).click()
  await expect(page.getByText('Your Microsoft account is bound.')).toBeVisible()

  await page.getByRole('button', { name: 'Operator' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: /^Sign in as .* Administrator$/ }).click()
  await expect(page.getByRole('button', { name: 'Operator' })).toBeVisible()

  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: 'Sign in as Adele Vance' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  const refusal = page.getByRole('alert', { name: 'Microsoft did not sign you in' })
  await expect(refusal).toContainText('cancelled at Microsoft')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: 'Sign in as Adele Vance' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(refusal).toContainText('bound to nobody')
})

test('a minute before the end one is warned, and may stay', async ({ page, house }) => {
  const endIn = (interval: string) =>
    house.database.pool.query(`update sessions set expires_at = now() + interval '${interval}'`)
  await endIn('50 seconds')
  await page.reload()
  const warning = page.getByRole('alert', { name: 'You are about to be signed out' })
  await expect(warning).toBeVisible()
  await endIn('2 hours')
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(warning).toBeHidden()

  await endIn('20 seconds')
  await page.reload()
  await page.getByRole('button', { name: 'Stay signed in' }).click()
  await expect(warning).toContainText('this session ends whatever you do')
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Keyroster' })).toBeVisible({
    timeout: 30_000,
  })
})
