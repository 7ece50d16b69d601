import { expect, type Page } from '@playwright/test'
import { type House, test } from './house.ts'
import { leaveForMicrosoft } from './verbs.ts'

/** Steps 1 to 4: from Users to a tenant that is connected and has granted access. */
async function connect(page: Page, house: House): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: 'Import users' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'Where are the users?' })).toBeFocused()
  await leaveForMicrosoft(page, house)
  await page.getByRole('button', { name: 'Sign in as MOD Administrator' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByText('every permission works')).toBeVisible()
  await next(page)
}

const next = (page: Page) => page.getByRole('button', { name: 'Next' }).click()

/** Steps 2 to 4 again, with a connection that works: nothing to type. */
async function passConnected(page: Page): Promise<void> {
  await page.goto('/users')
  await page.getByRole('main').getByRole('link', { name: 'Import users' }).first().click()
  await page.getByRole('link', { name: 'Microsoft Entra ID' }).click()
  await expect(page.getByText('Access works')).toBeVisible()
  await next(page)
}

async function chooseGroups(page: Page, names: string[]): Promise<void> {
  await page.getByRole('radio', { name: 'People in chosen groups' }).check()
  for (const name of names) {
    await page.getByLabel('Groups', { exact: true }).fill(name)
    await page.getByRole('option', { name: new RegExp(`^${name}`) }).click()
  }
  await page.keyboard.press('Escape')
  await expect(
    page.getByText(names.length === 1 ? '1 group chosen' : `${names.length} groups chosen`),
  ).toBeVisible()
}

interface Row {
  object_id: string
  display_name: string
  email: string | null
  job_title: string | null
  department: string | null
  employee_id: string | null
  mobile_phone: string | null
  user_principal_name: string
  status: string
  source: string
}

/** The people of the workspace that came from Entra, by object id. */
async function imported({ database }: House): Promise<Map<string, Row>> {
  const { rows } = await database.pool.query<Row>('select * from users where object_id is not null')
  return new Map(rows.map((row) => [row.object_id, row]))
}

/** Everybody here must be as the tenant has them, attribute by attribute. */
async function expectAsInTenant(house: House): Promise<Map<string, Row>> {
  const rows = await imported(house)
  for (const [id, row] of rows) {
    const user = house.emulator.tenant.directory.user(id)!
    expect(row, user.displayName ?? id).toMatchObject({
      display_name: user.displayName,
      email: user.mail ?? user.userPrincipalName,
      user_principal_name: user.userPrincipalName,
      job_title: user.jobTitle ?? null,
      department: user.department ?? null,
      employee_id: user.employeeId ?? null,
      mobile_phone: user.mobilePhone ?? null,
      status: user.accountEnabled === false ? 'suspended' : 'active',
      source: 'entra',
    })
  }
  return rows
}

test('an admin imports everybody, then keeps them in sync, group by group', async ({ page, house }) => {
  const { directory } = house.emulator.tenant
  const people = [...directory.users()]
  const named = (name: string) => people.find((user) => user.displayName === name)!

  await test.step('people by hand are here already, one with the email of somebody in the tenant', async () => {
    await page.getByRole('link', { name: 'New user' }).first().click()
    await page.getByLabel('Display name').fill('Adele V.')
    await page.getByLabel('Email').fill(named('Adele Vance').mail!.toLowerCase())
    await page.getByRole('button', { name: /^(Add|Create|Save)/ }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Adele V.' })).toBeVisible()
    await page.goto('/users')
  })

  await test.step('first import: all users, nobody who exists is touched', async () => {
    await connect(page, house)
    await expect(page.getByRole('radio', { name: 'All users' })).toBeChecked()
    await expect(page.getByText(/Adds 1 guest/)).toBeVisible()
    await next(page)
    await expect(page.getByRole('checkbox', { name: 'Sync with existing users' })).not.toBeChecked()
    await page.getByRole('button', { name: 'Review' }).click()

    await expect(page.getByRole('heading', { level: 1, name: 'Review the import' })).toBeVisible()
    const table = page.getByRole('table', { name: 'People of this import' })
    await page.getByLabel('Search people').fill('Adele')
    await expect(table.getByText('Already in this workspace')).toBeVisible()
    await page.getByLabel('Search people').fill('')
    await page.getByLabel('Decide all alike').selectOption({ label: 'Somebody else: add them' })
    await page.getByRole('button', { name: 'Apply to all 2' }).click()
    await expect(page.getByText('Every conflict is decided.')).toBeVisible()

    const wanted = people.filter(
      (user) =>
        user.userType !== 'Guest' && user.accountEnabled !== false && user.id !== named('Adele Vance').id,
    )
    await page.getByRole('button', { name: `Import ${wanted.length} users` }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Import completed' })).toBeVisible()
    await expect(
      page.getByRole('paragraph').filter({ hasText: `${wanted.length} users created` }),
    ).toBeVisible()

    const rows = await expectAsInTenant(house)
    expect([...rows.keys()].sort()).toEqual(wanted.map((user) => user.id).sort())
  })

  await test.step('the bell says so until it is read, and the people are in the table', async () => {
    await page.getByRole('button', { name: /Notifications/ }).click()
    await page.getByText('The import is complete').first().click()
    await expect(page.getByRole('heading', { level: 1, name: 'Import completed' })).toBeVisible()
    await page.goto('/users?search=lee')
    await expect(page.getByRole('table').getByText('Lee Gu')).toBeVisible()
  })

  await test.step('second import: two groups with sync, after names, mails and groups changed in Entra', async () => {
    const team = [...directory.groups()].find((group) => group.displayName === 'Mark 8 Project Team')!
    directory.updateUser(named('Adele Vance').id, {
      displayName: 'Adele Vance-Berger',
      jobTitle: 'Product lead',
    })
    directory.updateUser(named('Alex Wilber').id, { mail: 'alex.wilber@contoso.com' })
    directory.updateUser(named('Megan Bowen').id, { accountEnabled: false })
    directory.removeMember(team.id, named('Lynne Robbins').id)
    directory.addMember(team.id, named('Lee Gu').id)

    await passConnected(page)
    await chooseGroups(page, ['Mark 8 Project Team', 'Project Alpine Reviewers'])
    await next(page)
    await page.getByRole('checkbox', { name: 'Sync with existing users' }).check()
    await page.getByRole('button', { name: 'Review' }).click()

    await expect(page.getByRole('heading', { level: 1, name: 'Review the import' })).toBeVisible()
    await page.getByLabel('Search people').fill('Adele')
    const everybody = page.getByRole('table', { name: 'People of this import' })
    const adele = everybody.getByRole('row', { name: /Adele Vance-Berger/ }).first()
    await expect(adele).toContainText('Link')
    await adele.getByRole('button', { name: /Details/ }).click()
    await expect(everybody.getByRole('table', { name: 'What changes' })).toContainText('Adele V.')
    await page.getByLabel('Search people').fill('')
    await page.getByRole('table', { name: 'People of this import' }).getByRole('row').last().hover()
    await page.getByRole('button', { name: /^Link 1 user, update \d+,? and suspend 1$/ }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Import completed' })).toBeFocused()
    expect(await page.evaluate('scrollY')).toBe(0)

    const touched = new Set([
      ...directory.transitiveUserIds(team.id),
      ...['Adele Vance-Berger', 'Alex Wilber', 'Megan Bowen'].map(
        (name) => [...directory.users()].find((user) => user.displayName === name)!.id,
      ),
    ])
    const rows = await expectAsInTenant(house)
    for (const id of touched)
      if (directory.user(id)!.userType !== 'Guest')
        expect(rows.has(id), directory.user(id)!.displayName!).toBe(true)
    const { rows: members } = await house.database.pool.query<{ id: string }>(
      `select u.object_id as id from group_members m join users u on u.id = m.user_id join groups g on g.id = m.group_id
       where g.object_id = $1`,
      [team.id],
    )
    const expected = [...directory.transitiveUserIds(team.id)].filter(
      (id) => directory.user(id)!.userType !== 'Guest',
    )
    expect(members.map(({ id }) => id).sort()).toEqual(expected.sort())
  })

  await test.step('a step of an import that is done leads to its report', async () => {
    await page.goto('/imports/new/who')
    await expect(page.getByRole('heading', { level: 1, name: 'Import completed' })).toBeVisible()
  })

  await test.step('the group shows its members, and the person where each value came from', async () => {
    await page.goto('/groups')
    await page.getByRole('link', { name: 'Mark 8 Project Team' }).click()
    await page.getByRole('link', { name: 'Adele Vance-Berger' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Adele Vance-Berger' })).toBeVisible()
    await expect(page.getByRole('row', { name: 'Job title Product lead Entra ID' })).toBeVisible()
  })
})

test('that a group is missing is said when Next is pressed, until one is chosen', async ({ page, house }) => {
  await connect(page, house)
  await page.getByRole('radio', { name: 'People in chosen groups' }).check()
  const missing = page.getByText('Choose at least one group, or all users.')
  await expect(missing).toHaveCount(0)
  await next(page)
  await expect(page.getByRole('alert', { name: 'One thing to mend' })).toBeFocused()
  await expect(missing).toHaveCount(2)
  await chooseGroups(page, ['Mark 8 Project Team'])
  await expect(missing).toHaveCount(0)
  await expect(page).not.toHaveTitle(/^Error/)
  await page.getByRole('button', { name: 'Remove Mark 8 Project Team' }).click()
  await expect(page.getByText('No group is chosen yet.')).toBeVisible()
  await expect(missing).toHaveCount(0)
})

test('declining at Microsoft changes nothing and says what to do', async ({ page, house }) => {
  await page.getByRole('main').getByRole('link', { name: 'Import users' }).first().click()
  await leaveForMicrosoft(page, house)
  await page.getByRole('button', { name: 'Sign in as MOD Administrator' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Access was not granted' })).toBeVisible()
  await next(page)
  await expect(
    page.getByRole('alert').filter({ hasText: 'Grant access at Microsoft first' }).first(),
  ).toBeVisible()
})

test('a pasted Secret ID is refused beside the field, and what was typed stays', async ({ page }) => {
  const typed = '11111111-2222-3333-4444-555555555555'
  await page.goto('/connections/new')
  await page.getByLabel('Directory (tenant) ID or domain').fill('contoso.com')
  await page.getByLabel('Application (client) ID').fill(typed)
  await page.getByRole('textbox', { name: 'Client secret' }).fill(typed)
  await page.getByRole('button', { name: 'Save connection' }).click()
  await page.getByRole('alert').getByRole('link', { name: 'This is the Secret ID' }).click()
  const secret = page.getByRole('textbox', { name: 'Client secret' })
  await expect(secret).toBeFocused()
  await expect(secret).toHaveAccessibleDescription(/Paste the secret’s Value/)
  await expect(page.getByLabel('Application (client) ID')).toHaveValue(typed)
})

test('a plan that is outdated is made again, and says what differs', async ({ page, house }) => {
  await connect(page, house)
  await next(page)
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Review the import' })).toBeVisible()
  const lee = [...house.emulator.tenant.directory.users()].find((user) => user.displayName === 'Lee Gu')!
  const headers = { 'x-keyroster': '1', origin: house.url }
  const added = await page.request.post('/api/users', {
    headers,
    data: { displayName: 'Lee', email: lee.mail },
  })
  expect(added.status()).toBe(201)
  await page.getByRole('button', { name: /^Import \d+ users$/ }).click()
  await expect(page.getByText('The workspace changed, so the plan was made again')).toBeVisible()
  await expect(page.getByText('1 person is planned differently now.')).toBeVisible()
  expect((await imported(house)).size).toBe(0)
})

test('a big import shows people counted, may be left, and can be cancelled', async ({ page, house }) => {
  await connect(page, house)
  house.emulator.faults.add({ route: 'users', effect: { kind: 'delay', ms: 10_000 } })
  await next(page)
  await page.getByRole('button', { name: 'Review' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Making the plan' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('You can leave this page').first()).toBeVisible()
  await page.getByRole('link', { name: 'Groups', exact: true }).click()
  await page.getByRole('link', { name: 'View' }).click()
  await page.getByRole('button', { name: 'Cancel import' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Cancel( the)? import$/ })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: 'Import cancelled' })).toBeVisible()
  await expect(
    page.getByRole('paragraph').filter({ hasText: 'Cancelled before anything was changed.' }),
  ).toBeVisible()
  await expect(page.getByText('Nobody had been read from Entra ID.')).toBeVisible()
  const sources = page.getByRole('table', { name: 'What was read' })
  await expect(sources.getByText('Not read', { exact: true })).toBeVisible()
  await expect(page.getByText(/All users (are|were) read/)).toBeHidden()
})
