import { type Emulator, type EmulatorOptions, startEmulator } from '../start.ts'
import type { Permission } from '../world.ts'

interface Answer {
  status: number
  headers: Headers
  /** Parsed where it is JSON, else the text. */
  body: GraphBody
}

/** What tests look at in an answer; absent in answers of another kind. */
export interface GraphBody {
  value: Record<string, unknown>[]
  error: { code: string; message: string; innerError: Record<string, string> }
  responses: { id: string; status: number; headers: Record<string, string>; body: GraphBody }[]
  '@odata.context': string
  '@odata.nextLink'?: string
  '@odata.count'?: number
  [property: string]: unknown
}

export interface GraphUnderTest extends AsyncDisposable {
  emulator: Emulator
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  batch(requests: unknown[]): Promise<Answer>
  /** All rows of a list, page by page. */
  walk(path: string, headers?: Record<string, string>): Promise<Record<string, unknown>[]>
  /** From here on the calls carry a token with just these permissions. */
  permit(...permissions: Permission[]): Promise<void>
}

export const EVENTUAL = { ConsistencyLevel: 'eventual' }

/** An emulator and a caller whose token has all the sample app's permissions. */
export async function graphUnderTest(options: EmulatorOptions = {}): Promise<GraphUnderTest> {
  const emulator = await startEmulator({ granted: true, ...options })
  let token = await appToken(emulator)

  const call = async (url: string, init: RequestInit): Promise<Answer> => {
    const absolute = url.startsWith('http') ? url : `${emulator.origin}/v1.0${url}`
    const response = await fetch(absolute, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
  const get: GraphUnderTest['get'] = (path, headers) => call(path, { headers })

  return {
    emulator,
    get,
    batch: (requests) =>
      call('/$batch', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ requests }),
      }),
    async walk(path, headers) {
      const rows: Record<string, unknown>[] = []
      for (let next: string | undefined = path; next; ) {
        const { status, body }: Answer = await get(next, headers)
        if (status !== 200) throw new Error(`${next}: ${status} ${JSON.stringify(body)}`)
        rows.push(...body.value)
        next = body['@odata.nextLink']
      }
      return rows
    },
    async permit(...permissions) {
      emulator.revoke([...emulator.tenant.servicePrincipals.values()].flatMap(({ granted }) => [...granted]))
      emulator.grant(permissions)
      token = await appToken(emulator)
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

async function appToken({ origin, tenant, app }: Emulator): Promise<string> {
  const response = await fetch(`${origin}/${tenant.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.clientId,
      client_secret: app.secrets[0]!.value,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  return access_token
}
