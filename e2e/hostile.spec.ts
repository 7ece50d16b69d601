import { expect, type Page } from '@playwright/test'
import { type House, test } from './house.ts'
import { connectTenant, expectAccessible } from './verbs.ts'

test.use({ seed: 'hostile' })

/** Looks at the page wide and narrow: no name of the directory ran, became an element, or pushed the page aside. */
async function expectHarmless(page: Page): Promise<void> {
  await expectAccessible(page)
  expect(await page.evaluate('window.hostile')).toBeUndefined()
  await expect(page.locator('img[src="x"], body script:not([src])')).toHaveCount(0)
}

const nameOf = ({ emulator }: House, row: string): string => {
  const people = [...emulator.tenant.directory.users()]
  return people.find((user) => user.userPrincipalName.startsWith(`row-${row}@`))!.displayName
}

const title = (page: Page, name: string) =>
  expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible()

/** Searches a list for the words, and answers the row that shows the name. */
async function rowOf(page: Page, list: string, words: string, name: string) {
  await page
    .getByRole('searchbox')
    .or(page.getByLabel(/^Search (people|users)$/))
    .first()
    .fill(words)
  return page
    .getByRole('table', { name: list })
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) })
}

async function expectShown(page: Page, house: House, list: string): Promise<void> {
  for (const [row, words] of [
    ['1', 'row 1 <script>'],
    ['2', 'row 2 "><img'],
    ['3', '{{7*7}}'],
    ['5', '=1+1 row 5'],
  ] as const)
    await expect(await rowOf(page, list, words, nameOf(house, row))).toBeVisible()
  const hidden = await rowOf(page, list, 'right-to-left gpj', nameOf(house, '17-override'))
  await expect(hidden).toContainText('Contains hidden characters')
  const mixed = await rowOf(page, list, 'row 19', nameOf(house, '19-local'))
  await expect(mixed.first()).toContainText('Mixes alphabets')
  await rowOf(page, list, 'row', nameOf(house, '1'))
  await expectHarmless(page)
}

test('a tenant of hostile data is reviewed, imported and shown as text', async ({ page, house }) => {
  test.slow()
  await connectTenant(page, house)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Review' }).click()
  await title(page, 'Review the import')
  await expectHarmless(page)
  await expectShown(page, house, 'People of this import')
  const uncomparable = page.getByRole('region', { name: /^Email that cannot be compared/ })
  await uncomparable.getByLabel('Decide all alike').selectOption({ label: 'Somebody else: add them' })
  const decided = page.waitForResponse((response) => response.url().endsWith('/decisions'))
  await uncomparable.getByRole('button', { name: /^Apply to all/ }).click()
  expect((await decided).status()).toBe(200)
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  await title(page, 'Import completed')
  await expectHarmless(page)

  await page.goto('/users')
  await expectShown(page, house, 'Users')
  for (const row of ['1', '12-crlf', '17-override', '19-local', '21', '29-longest']) {
    const { rows } = await house.database.pool.query<{ id: string }>(
      'select id from users where user_principal_name = $1',
      [`row-${row}@hostile.example`],
    )
    await page.goto(`/users/${rows[0]!.id}`)
    await expect(page.getByRole('heading', { level: 1 })).toContainText(nameOf(house, row))
    await expectHarmless(page)
  }
})

test('groups of hostile data are chosen, imported and shown as text', async ({ page, house }) => {
  await connectTenant(page, house)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('radio', { name: 'People in chosen groups' }).check()
  for (const [words, name] of [
    ['script', /<script>/],
    ['right', /right-to-left/],
  ] as const) {
    await page.getByLabel('Groups', { exact: true }).fill(words)
    await page.getByRole('option', { name }).click()
  }
  await page.keyboard.press('Escape')
  await expectHarmless(page)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  await title(page, 'Import completed')

  await page.goto('/groups')
  await expect(page.getByRole('row', { name: /right-to-left/ })).toContainText('Contains hidden characters')
  await expectHarmless(page)
  await page.getByRole('link', { name: /<script>/ }).click()
  await title(page, 'Row 1 <script>window.hostile = "ran"</script>')
  await expect(page.getByRole('table', { name: 'Users' }).getByRole('row')).toHaveCount(4)
  await expectHarmless(page)
})
