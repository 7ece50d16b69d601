import type { CreateUser } from '@keyroster/api/users.ts'
import { expect, type Page } from '@playwright/test'
import { test } from './house.ts'

/** Adds people as the form does, without the form. */
async function addUsers(page: Page, users: CreateUser[]): Promise<void> {
  for (const data of users) {
    const answer = await page.request.post('/api/users', { headers: { 'x-keyroster': '1' }, data })
    expect(answer.status()).toBe(201)
  }
}

const table = (page: Page) => page.getByRole('table', { name: 'Users' })

const adele = { displayName: 'Adele Vance', email: 'adele@contoso.com', department: 'Retail' }
const lee = { displayName: 'Lee Gu', email: 'lee@contoso.com' }

test('an empty workspace says what users are and offers to import them', async ({ page }) => {
  await expect(page.getByRole('heading', { name: 'No users yet' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Import users' }).last().click()
  await expect(page).toHaveURL(/\/imports\/new$/)
})

test('a user is added by hand, edited and deleted', async ({ page }) => {
  await page.getByRole('link', { name: 'New user' }).click()
  await page.getByLabel('Display name').fill('Adele Vance')
  await page.getByLabel('Email').fill('adele@contoso.com')
  await page.getByLabel('Department').fill('Retail')
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Adele Vance' })).toBeVisible()
  await expect(page.getByRole('row', { name: /Department/ })).toContainText('Typed here')

  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Display name').fill('Adele Vance-Berger')
  await page.getByLabel('Department').clear()
  await page.getByRole('button', { name: 'Save user' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Adele Vance-Berger' })).toBeVisible()
  await expect(page.getByRole('row', { name: /Department/ })).toContainText('Not set')

  await page.getByRole('main').getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Adele Vance-Berger?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('main').getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByRole('heading', { name: 'No users yet' })).toBeVisible()
})

test('what is missing or taken is said beside its field, and what was typed stays', async ({ page }) => {
  await addUsers(page, [adele])
  await page.goto('/users/new')
  await page.getByRole('button', { name: 'Add user' }).click()
  const summary = page.getByRole('alert').filter({ hasText: 'to mend' })
  await expect(summary).toContainText('2 things to mend')
  await expect(summary).toBeFocused()
  await expect(page).toHaveTitle(/^Error: New user/)
  await summary.getByRole('link', { name: 'Enter a name.' }).click()
  await expect(page.getByLabel('Display name')).toBeFocused()

  await page.keyboard.type('Adele again')
  await page.getByLabel('Email').fill('ADELE@contoso.com')
  await page.getByRole('button', { name: 'Add user' }).click()
  await expect(summary).toContainText('Another user has this email.')
  await expect(page.getByLabel('Email')).toHaveValue('ADELE@contoso.com')
})

test('leaving a form asks once, if something was typed', async ({ page }) => {
  await page.goto('/users/new')
  await page.getByLabel('Display name').fill('Adele')
  await page.getByRole('link', { name: 'Cancel' }).click()
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  await dialog.getByRole('button', { name: 'Stay' }).click()
  await expect(page.getByLabel('Display name')).toHaveValue('Adele')
  await page.getByRole('link', { name: 'Cancel' }).click()
  await dialog.getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL(/\/users$/)
})

test('search and filters narrow the list, stay in the address and survive a reload', async ({ page }) => {
  await addUsers(page, [adele, lee])
  await page.goto('/users')
  await expect(table(page).getByRole('row')).toHaveCount(3)

  await page.getByLabel('Search users').fill('VANCE')
  await expect(table(page).getByRole('row')).toHaveCount(2)
  await expect(page).toHaveURL(/search=VANCE/)
  await page.getByLabel('Status').selectOption('Active')
  await expect(page).toHaveURL(/status=active/)
  await page.reload()
  await expect(page.getByLabel('Search users')).toHaveValue('VANCE')
  await expect(page.getByLabel('Status')).toHaveValue('active')
  await expect(table(page).getByRole('link', { name: 'Adele Vance' })).toBeVisible()
  await expect(table(page).getByRole('row')).toHaveCount(2)

  await page.getByLabel('Status').selectOption('Suspended')
  await expect(page.getByRole('heading', { name: 'No user matches' })).toBeVisible()
  await expect(page.getByText('Shown are only users with')).toContainText('VANCE')
  await page.goBack()
  await expect(table(page).getByRole('link', { name: 'Adele Vance' })).toBeVisible()
  await page.getByRole('button', { name: 'Clear', exact: true }).first().click()
  await expect(table(page).getByRole('row')).toHaveCount(3)
  await expect(page).toHaveURL(/\/users$/)
})

test('the list is sorted by a press on its header, and paged', async ({ page }) => {
  const many = Array.from({ length: 51 }, (_, index) => {
    const number = String(index).padStart(2, '0')
    return { displayName: `Person ${number}`, email: `person${number}@contoso.com` }
  })
  await addUsers(page, many)
  await page.goto('/users')
  await expect(page.getByText('51 users', { exact: true }).first()).toBeVisible()
  await expect(table(page).getByRole('row').nth(1)).toContainText('Person 00')
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(table(page).getByRole('row')).toHaveCount(2)
  await expect(table(page).getByRole('row').nth(1)).toContainText('Person 50')
  await page.reload()
  await expect(table(page).getByRole('row').nth(1)).toContainText('Person 50')
  await page.getByRole('button', { name: 'Previous' }).click()
  await expect(table(page).getByRole('row')).toHaveCount(51)

  await page.getByRole('button', { name: 'Name' }).click()
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending')
  await expect(table(page).getByRole('row').nth(1)).toContainText('Person 50')
})

test('suspending keeps the person in the list, and restoring takes it back', async ({ page }) => {
  await addUsers(page, [adele])
  await page.goto('/users')
  await page.getByRole('link', { name: 'Adele Vance' }).click()
  await page.getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await expect(page.getByText('by an admin')).toBeVisible()
  await page.goto('/users?status=suspended')
  await expect(table(page).getByRole('link', { name: 'Adele Vance' })).toBeVisible()
  await page.getByRole('link', { name: 'Adele Vance' }).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('by an admin')).toBeHidden()
})

test('a name that is hostile is shown as text, and marked where it hides something', async ({ page }) => {
  const script = '<img src=x onerror="document.title=\'owned\'">'
  await addUsers(page, [
    { displayName: script, email: 'one@contoso.com' },
    { displayName: 'invoice\u202efdp.exe', email: 'two@contoso.com' },
  ])
  await page.goto('/users')
  await expect(table(page).getByRole('link', { name: script })).toBeVisible()
  await expect(table(page).getByRole('row', { name: /two@/ })).toContainText('Contains hidden characters')
  await page.getByRole('link', { name: script }).click()
  await expect(page.getByRole('heading', { level: 1, name: script })).toBeVisible()
  await expect(page).toHaveTitle(`${script} · Keyroster`)
})

test('an address that leads to nobody says so', async ({ page }) => {
  await page.goto('/users/0199aaaa-0000-7000-8000-000000000000')
  await expect(page.getByRole('heading', { level: 1, name: 'This user does not exist' })).toBeVisible()
})

test('at 400 px the sheet of rooms leads on, and a person can be added and found', async ({
  pageAt400: page,
}) => {
  await page.getByRole('button', { name: 'Open the navigation' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Groups' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Groups' })).toBeVisible()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('button', { name: 'Open the navigation' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Users' }).click()
  await page.getByRole('link', { name: 'New user' }).click()
  await page.getByLabel('Display name').fill('Adele Vance')
  await page.getByLabel('Email').fill('adele@contoso.com')
  await page.getByRole('button', { name: 'Add user' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Users' }).click()
  await expect(table(page).getByRole('row', { name: /Adele Vance/ })).toContainText('adele@contoso.com')
})
