import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { ClientSecretCredential } from '@azure/identity'
import { HttpMethod, type ParsableFactory, RequestInformation } from '@microsoft/kiota-abstractions'
import { AzureIdentityAuthenticationProvider } from '@microsoft/kiota-authentication-azure'
import { Client, PageIterator } from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'
import { createGraphServiceClient, GraphRequestAdapter } from '@microsoft/msgraph-sdk'
import {
  createDirectoryObjectCollectionResponseFromDiscriminatorValue,
  createUserCollectionResponseFromDiscriminatorValue,
  type DirectoryObject,
  type User,
} from '@microsoft/msgraph-sdk/models/index.js'
import { createODataErrorFromDiscriminatorValue } from '@microsoft/msgraph-sdk/models/oDataErrors/index.js'
import { type PageCollection, PageIterator as SdkPageIterator } from '@microsoft/msgraph-sdk-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../start.ts'

const SCOPE = 'https://graph.microsoft.com/.default'
const SELECT = '$select=id,displayName,userPrincipalName'

const trusted = getCACertificates()
let emulator: Emulator
let everyone: string[]
let groupId: string
let memberIds: string[]
beforeAll(async () => {
  emulator = await startEmulator({ https: true, granted: true, seed: { users: 450, groups: 20 } })
  setDefaultCACertificates([...trusted, emulator.caPem!])
  const { directory } = emulator.tenant
  everyone = [...directory.users()].map(({ id }) => id)
  groupId = [...directory.groups()].map(({ id }) => id).find((id) => directory.memberCount(id) > 20)!
  memberIds = [...directory.memberIds(groupId)].map(({ id }) => id)
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await emulator.close()
})
beforeEach(() => emulator.faults.clear())

const credential = () =>
  new ClientSecretCredential(emulator.tenant.id, emulator.app.clientId, emulator.app.secrets[0]!.value, {
    authorityHost: emulator.origin,
    disableInstanceDiscovery: true,
  })

describe('@microsoft/microsoft-graph-client', () => {
  const client = () =>
    Client.initWithMiddleware({
      baseUrl: emulator.origin,
      customHosts: new Set(['localhost']),
      authProvider: new TokenCredentialAuthenticationProvider(credential(), { scopes: [SCOPE] }),
    })

  const walk = async (path: string) => {
    const rows: Record<string, unknown>[] = []
    const first = await client().api(path).get()
    await new PageIterator(client(), first, (row) => rows.push(row) > 0).iterate()
    return rows
  }

  test('pages through all users', async () => {
    const users = await walk(`/users?${SELECT}`)
    expect(users.map(({ id }) => id)).toEqual(everyone)
  })

  test('reads the members of a group', async () => {
    const members = await walk(`/groups/${groupId}/members?${SELECT}&$top=10`)
    expect(members.map(({ id }) => id)).toEqual(memberIds)
    expect(members.at(-1)).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: memberIds.at(-1) })
  })

  test('understands a refusal', async () => {
    await expect(client().api('/users?$top=1000').get()).rejects.toMatchObject({
      statusCode: 400,
      code: 'Request_BadRequest',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('waits and tries again when throttled', async () => {
    emulator.faults.add({ route: 'users', nth: 1, effect: { kind: 'status', status: 429, retryAfter: 1 } })
    const before = performance.now()
    expect((await client().api('/users?$top=1').get()).value).toHaveLength(1)
    expect(performance.now() - before).toBeGreaterThan(950)
  })
})

describe('@microsoft/msgraph-sdk', () => {
  const errors = { XXX: createODataErrorFromDiscriminatorValue }

  const adapter = () => {
    const scopes = [SCOPE]
    const provider = new AzureIdentityAuthenticationProvider(
      credential(),
      scopes,
      undefined,
      new Set(['localhost']),
    )
    const made = new GraphRequestAdapter(provider)
    // Registers the JSON reader and names the service; the base address is set after it.
    createGraphServiceClient(made)
    made.baseUrl = `${emulator.origin}/v1.0`
    return made
  }

  const walk = async <T extends User | DirectoryObject>(
    path: string,
    response: ParsableFactory<PageCollection<T>>,
  ): Promise<T[]> => {
    const made = adapter()
    const rows: T[] = []
    const request = new RequestInformation(HttpMethod.GET)
    request.URL = `${emulator.origin}/v1.0${path}`
    const first = await made.send(request, response, errors)
    await new SdkPageIterator<T>(made, first!, (row) => rows.push(row) > 0, response, errors).iterate()
    return rows
  }

  test('pages through all users', async () => {
    const users = await walk<User>(
      `/users?${SELECT}`,
      createUserCollectionResponseFromDiscriminatorValue as ParsableFactory<PageCollection<User>>,
    )
    expect(users.map(({ id }) => id)).toEqual(everyone)
    expect(users[0]?.userPrincipalName).toContain('@')
  })

  test('reads the members of a group', async () => {
    const members = await walk<DirectoryObject>(
      `/groups/${groupId}/members?${SELECT}&$top=10`,
      createDirectoryObjectCollectionResponseFromDiscriminatorValue as ParsableFactory<
        PageCollection<DirectoryObject>
      >,
    )
    expect(members.map(({ id }) => id)).toEqual(memberIds)
    expect(members.at(-1)).toHaveProperty('odataType', '#microsoft.graph.user')
  })

  test('understands a refusal', async () => {
    const walking = walk<User>(
      '/users?$select=nickname',
      createUserCollectionResponseFromDiscriminatorValue as ParsableFactory<PageCollection<User>>,
    )
    await expect(walking).rejects.toMatchObject({
      responseStatusCode: 400,
      errorEscaped: { code: 'BadRequest' },
    })
  })
})
