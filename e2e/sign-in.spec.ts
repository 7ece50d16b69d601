import { expect } from '@playwright/test'
import { test } from './house.ts'

test('a sign-in link signs in once, and says why it does not a second time', async ({ context, house }) => {
  const link = await house.signInLink()
  const first = await context.newPage()
  await first.goto(link)
  await expect(first.getByRole('heading', { level: 1, name: 'Users' })).toBeVisible()
  expect(first.url()).not.toContain('token')

  await context.clearCookies()
  const second = await context.newPage()
  await second.goto(link)
  await expect(second.getByRole('alert')).toContainText('The link did not sign you in')
  await expect(second).toHaveURL(/\/sign-in$/)
})
