import { expect } from '@playwright/test'
import { test } from './house.ts'
import { addPasskey, letTouchesExpire } from './verbs.ts'

test('a token is shown once, works for what it was made for alone, and stands in the audit log until revoked', async ({
  page,
  playwright,
  house,
}) => {
  await page.goto('/tokens')
  await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible()
  await page.getByRole('link', { name: 'Create a token' }).click()
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByRole('alert', { name: '2 things to mend' })).toBeFocused()
  await page.getByLabel('Name').fill('Nightly import')
  await page.getByRole('checkbox', { name: 'Read users' }).check()
  await page.getByLabel('Expires').selectOption('In 30 days')
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.getByText('Nightly import is created')).toBeVisible()
  const secret = (await page.getByText(/^kr_/).textContent())!

  const script = await playwright.request.newContext({
    baseURL: house.url,
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  })
  expect((await script.get('/api/users')).status()).toBe(200)
  expect((await script.get('/api/groups')).status()).toBe(403)

  await page.getByRole('link', { name: 'Done' }).click()
  const row = page.getByRole('table', { name: 'API tokens' }).getByRole('row', { name: /Nightly import/ })
  await expect(row).toContainText('Read users')
  await expect(page.getByText(secret)).toHaveCount(0)

  await page.getByRole('link', { name: 'Audit' }).click()
  const events = page.getByRole('table', { name: 'Audit events' })
  const created = events.getByRole('row', { name: /Operator created an API token: Nightly import/ })
  await created.getByRole('button', { name: 'Details' }).click()
  await expect(events).toContainText('token.created')

  await page.getByRole('link', { name: 'API tokens' }).click()
  await page.getByRole('button', { name: 'Revoke Nightly import' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible()
  expect((await script.get('/api/users')).status()).toBe(401)
  await script.dispose()
})

test('the audit log is filtered in its address, and shows live what happens', async ({ page, house }) => {
  await page.goto('/audit')
  const events = page.getByRole('table', { name: 'Audit events' })
  await expect(events.getByRole('row', { name: /Operator signed in/ })).toBeVisible()
  await page.getByLabel('Outcome').selectOption('Refused')
  await expect(page.getByRole('heading', { name: 'No event matches' })).toBeVisible()
  await expect(page).toHaveURL(/outcome=refused/)
  await page.getByRole('main').getByRole('button', { name: 'Clear' }).first().click()

  await page.getByRole('switch', { name: 'Live' }).click()
  await expect(page.getByText('New events appear as they happen.')).toBeVisible()
  const context = await page.context().browser()!.newContext()
  const other = await context.newPage()
  await other.goto(await house.signInLink())
  await expect(events.getByRole('row', { name: /Operator signed in/ })).toHaveCount(2)
  await context.close()
})

test('the log is downloaded after a touch, and a closed dialog downloads nothing', async ({
  page,
  house,
}) => {
  await addPasskey(page)
  await letTouchesExpire(house)
  await page.goto('/audit')
  const download = page.getByRole('button', { name: 'Download as JSON lines' })
  await download.click()
  const dialog = page.getByRole('dialog', { name: 'Touch your passkey to go on' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page).toHaveURL(/\/audit$/)

  await download.click()
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Touch your passkey' }).click()
  expect((await saved).suggestedFilename()).toMatch(/\.jsonl$/)
})

test('events are kept for the days that an owner sets', async ({ page }) => {
  await page.goto('/settings')
  await page.getByRole('radio', { name: 'For some days' }).check()
  await page.getByRole('textbox', { name: 'Days' }).fill('30')
  await page.getByRole('button', { name: 'Save audit log' }).click()
  await expect(page.getByText('Enter a number of days from 90')).toBeVisible()
  await page.getByRole('textbox', { name: 'Days' }).fill('400')
  await page.getByRole('button', { name: 'Save audit log' }).click()
  await expect(page.getByText('Audit log saved')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Days' })).toHaveValue('400')
})
