import { defineConfig } from '@playwright/test'
import { findBrowser } from './browser.ts'

export default defineConfig({
  testMatch: '*.spec.ts',
  outputDir: '../test-results/browser',
  reporter: [['list'], ['json', { outputFile: '../test-results/playwright.json' }]],
  forbidOnly: process.env.CI !== undefined,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: await findBrowser(),
    // So that axe never looks at something half faded in.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'light', use: { colorScheme: 'light' } },
    { name: 'dark', use: { colorScheme: 'dark' }, testMatch: 'accessibility.spec.ts' },
  ],
})
