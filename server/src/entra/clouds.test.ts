import { clouds } from '@keyroster/api/connections.ts'
import { expect, it } from 'vitest'
import { endpointsOf } from './clouds.ts'

it.each(clouds)('%s signs in and reads at two origins of Microsoft, over https', (cloud) => {
  for (const origin of Object.values(endpointsOf(cloud, null))) {
    expect(new URL(origin).origin).toBe(origin)
    expect(origin).toMatch(
      /^https:\/\/[\w.-]+\.(microsoftonline|microsoft|chinacloudapi|partner\.microsoftonline)\.(com|us|cn)$/,
    )
  }
})
