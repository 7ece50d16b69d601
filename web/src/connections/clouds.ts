import type { Cloud } from '@keyroster/api/connections.ts'

type CloudWords = {
  label: string
  /** Host of the Entra admin center; https://learn.microsoft.com/entra/fundamentals/faq */
  portal: string
}

export const clouds: Record<Cloud, CloudWords> = {
  global: { label: 'Global', portal: 'https://entra.microsoft.com' },
  'us-government-l4': { label: 'US Government (L4, GCC High)', portal: 'https://entra.microsoft.us' },
  'us-government-l5': { label: 'US Government (L5, DoD)', portal: 'https://entra.microsoft.us' },
  china: { label: 'China (21Vianet)', portal: 'https://entra.microsoftonline.cn' },
}
