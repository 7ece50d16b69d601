import { expect } from '@playwright/test'
import { test } from './house.ts'

test('a script or a style that somebody slips into a page does nothing, and the page keeps its look', async ({
  browser,
  house,
}) => {
  // A context of its own, because the others count what the policy refuses as a fault.
  const context = await browser.newContext({ colorScheme: 'dark' })
  const page = await context.newPage()
  await page.goto(`${house.url}/sign-in`)
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Keyroster' })).toBeVisible()
  expect(await page.evaluate("document.documentElement.getAttribute('data-mantine-color-scheme')")).toBe(
    'dark',
  )
  const refused = await page.evaluate(`new Promise((resolve) => {
    const refused = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      refused.push(effectiveDirective)
      if (refused.length === 5) resolve(refused.sort())
    })
    const add = (html) => document.body.append(document.createRange().createContextualFragment(html))
    add('<script>window.slipped = 1</script>')
    add('<script src="/color-scheme.js"></script>')
    add('<img src="/nowhere.png" onerror="window.slipped = 1">')
    add('<style>body { display: none }</style>')
    add('<base href="https://evil.example/">')
  })`)
  expect(refused).toEqual([
    'base-uri',
    'script-src-attr',
    'script-src-elem',
    'script-src-elem',
    'style-src-elem',
  ])
  expect(await page.evaluate('window.slipped')).toBeUndefined()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in to Keyroster' })).toBeVisible()
  await context.close()
})

test('every look at a page has a nonce of its own, which no style sheet can read', async ({
  page,
  house,
}) => {
  const nonceOf = async () => {
    const answer = await page.goto(`${house.url}/users`)
    const policy = answer?.headers()['content-security-policy'] ?? ''
    return /'nonce-([^']+)'/.exec(policy)?.[1]
  }
  const first = await nonceOf()
  expect(first).toMatch(/^[\w+/]{22}==$/)
  expect(await nonceOf()).not.toBe(first)
  await expect(page.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  expect(await page.locator('script').first().getAttribute('nonce')).toBe('')
})
