import { expect, test } from 'vitest'
import { callWith, createTestPanel } from './test-panel.ts'

test('the API document says which routes take an API token, and with which scope', async () => {
  const panel = await createTestPanel()
  try {
    const { body } = await callWith(panel.app)('GET', '/api/openapi.json')
    expect(body).toMatchObject({
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      paths: {
        '/api/imports': { post: { security: [{ session: [] }, { token: ['imports.run'] }] } },
        '/api/tokens': { post: { security: [{ session: [] }] } },
        '/healthz': { get: { security: [] } },
      },
    })
  } finally {
    await panel.close()
  }
})
