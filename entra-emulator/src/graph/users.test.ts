import { expect, test } from 'vitest'
import recorded from '../seed/data/contoso-users.json' with { type: 'json' }
import { EVENTUAL, graphUnderTest } from './graph-under-test.ts'

const ADELE = '87d349ed-44d7-43e1-9a83-5f2406dee5bd'

test('without $select an answer is as it was recorded: no accountEnabled, no userType', async () => {
  await using graph = await graphUnderTest()
  const { body } = await graph.get('/users')
  expect(body['@odata.context']).toBe(recorded['@odata.context'])
  for (const user of recorded.value) expect(body.value).toContainEqual(user)
})

test('$select shows just what it names, null where nothing is set', async () => {
  await using graph = await graphUnderTest()
  const { body } = await graph.get(
    '/users?$top=1&$select=accountEnabled,userType,onPremisesSyncEnabled,otherMails',
  )
  expect(body['@odata.context']).toContain('#users(accountEnabled,userType,onPremisesSyncEnabled,otherMails)')
  expect(body.value).toEqual([
    { accountEnabled: false, userType: 'Member', onPremisesSyncEnabled: null, otherMails: [] },
  ])
})

test('a property that does not exist is refused, one that lists do not serve is not implemented', async () => {
  await using graph = await graphUnderTest()
  const unknown = await graph.get('/users?$select=id,nickname')
  expect(unknown.status).toBe(400)
  expect(unknown.body.error).toMatchObject({
    code: 'BadRequest',
    message: expect.stringContaining(
      "Could not find a property named 'nickname' on type 'microsoft.graph.user'",
    ),
  })
  expect((await graph.get('/users?$select=aboutMe')).status).toBe(501)
  expect((await graph.get(`/users/${ADELE}?$select=aboutMe`)).status).toBe(200)
})

test('one user is found by id and by userPrincipalName, a guest with its # escaped', async () => {
  await using graph = await graphUnderTest()
  const byId = await graph.get(`/users/${ADELE}`)
  const byName = await graph.get('/users/adelev@m365x214355.onmicrosoft.com')
  expect(byId.body).toEqual(byName.body)
  expect(byId.body['@odata.context']).toMatch(/#users\/\$entity$/)
  const guest = await graph.get('/users/guest_fabrikam.com%23EXT%23@M365x214355.onmicrosoft.com?$select=mail')
  expect(guest.body.mail).toBe('guest@fabrikam.com')
})

test('an unknown or deleted user is not found', async () => {
  await using graph = await graphUnderTest()
  graph.emulator.tenant.directory.removeUser(ADELE)
  const { status, body } = await graph.get(`/users/${ADELE}`)
  expect(status).toBe(404)
  expect(body.error.code).toBe('Request_ResourceNotFound')
  expect((await graph.walk('/users?$select=id')).map(({ id }) => id)).not.toContain(ADELE)
})

test('$count as a segment is text', async () => {
  await using graph = await graphUnderTest()
  const { headers, body } = await graph.get('/users/$count', EVENTUAL)
  expect(headers.get('content-type')).toBe('text/plain')
  expect(body).toBe('37')
  expect((await graph.get("/users/$count?$filter=userType eq 'Guest'", EVENTUAL)).body).toBe('1')
})

test('sign-in activity asks for a permission of its own', async () => {
  await using graph = await graphUnderTest({ seed: { users: 1200, groups: 1 } })
  expect((await graph.get('/users?$select=id,signInActivity')).status).toBe(403)
  await graph.permit('User.Read.All', 'AuditLog.Read.All')
  expect((await graph.get('/users?$top=999&$select=id,signInActivity')).body.value).toHaveLength(500)
})
