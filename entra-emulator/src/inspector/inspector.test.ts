import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '../oauth/test-browser.ts'
import { type Emulator, startEmulator } from '../start.ts'

let emulator: Emulator
let browser: TestBrowser
beforeEach(async () => {
  emulator = await startEmulator()
  browser = openBrowser(emulator.origin)
})
afterEach(() => emulator.close())

const visit = () => browser.visit(`${emulator.origin}/_emulator`)

test('the page shows tenant, counts, registration and consent', async () => {
  const { text } = await visit()
  expect(text).toContain(emulator.tenant.id)
  expect(text).toContain(`<th scope="row">Users</th><td>${emulator.tenant.directory.userCount}</td>`)
  expect(text).toContain(emulator.app.clientId)
  expect(text).toContain('Nothing granted · enabled')
})

test('consent is granted and revoked by pressing a button', async () => {
  await visit()
  const { text } = await browser.press('Grant consent in Contoso')
  expect(text).toContain('User.Read.All, GroupMember.Read.All, Organization.Read.All · enabled')
  expect((await browser.press('Revoke consent in Contoso')).text).toContain('Nothing granted')
})

test('a preset is turned on and off', async () => {
  await visit()
  const { text } = await browser.press('Turn on')
  expect(text).toContain('on, fired 0 times')
  expect(emulator.faults.list()).toMatchObject([{ fault: { route: '/v1.0/', chance: 0.33 } }])
  await browser.press('Turn off')
  expect(emulator.faults.list()).toEqual([])
})

test('faults of a script can be turned off and on again', async () => {
  emulator.faults.add({ route: 'users', effect: { kind: 'delay', ms: 1 } })
  await visit()
  await browser.press('Turn off')
  expect(emulator.faults.list()[0]).toMatchObject({ enabled: false })
  await browser.press('Turn on')
  expect(emulator.faults.list()[0]).toMatchObject({ enabled: true })
})

test('requests are listed newest first, escaped, and can be cleared', async () => {
  await fetch(`${emulator.origin}/first`)
  await fetch(`${emulator.origin}/second?q='&x`)
  const { text } = await visit()
  expect(text).toContain('2 received')
  expect(text.indexOf('/second')).toBeLessThan(text.indexOf('/first'))
  expect(text).toContain('/second?q=%27&amp;x')
  await browser.press('Clear the list')
  expect(emulator.requests.count()).toBe(0)
})

test('what a directory or a script says is text, never markup', async () => {
  emulator.tenant.displayName = '<script>alert(1)</script>'
  emulator.faults.add({ route: '/<img src=x>', effect: { kind: 'delay', ms: 1 } })
  const { text } = await visit()
  expect(text).not.toContain('<script>')
  expect(text).not.toContain('<img')
})
