import { expect, type Page } from '@playwright/test'
import { test } from './house.ts'

/** What the browser keeps of the panel: everything that a script of the page, or the next person at the machine, could read. */
const kept = (page: Page) =>
  page.evaluate<Record<string, string>>('({ ...localStorage, ...sessionStorage, cookies: document.cookie })')

test('the browser keeps no secret and no person, and nothing at all after signing out', async ({
  page,
  house,
}) => {
  await page.getByRole('link', { name: 'New user' }).click()
  await page.getByLabel('Display name').fill('Adele Vance')
  await page.getByLabel('Email').fill('adele@contoso.com')
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Adele Vance' })).toBeVisible()
  await page.goto('/imports/new')
  const session = (await page.context().cookies()).find(({ name }) => name === 'keyroster')
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', expires: -1 })

  const found = await kept(page)
  expect(JSON.stringify(found)).not.toMatch(/adele|contoso|secret|token/i)
  expect(JSON.stringify(found)).not.toContain(session!.value)
  expect(found.cookies).toBe('')

  await page.evaluate("localStorage.setItem('left', 'behind')")
  await page.getByRole('button', { name: 'Operator' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Keyroster' })).toBeVisible()
  expect(await kept(page)).not.toHaveProperty('left')
  expect((await page.context().cookies(house.url)).map(({ name }) => name)).not.toContain('keyroster')

  await page.goBack()
  await expect(page.getByText('Adele Vance')).toHaveCount(0)
})
