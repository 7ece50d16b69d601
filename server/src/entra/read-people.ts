import {
  type DirectoryUser,
  type InvalidDirectoryUser,
  readDirectoryUser,
  userSelect,
} from './directory-user.ts'
import type { Graph, GraphOptions } from './graph-client.ts'

/**
 * Reads people by object id, twenty to a request. Somebody who is gone from Entra comes back as a record that cannot be
 * imported, with the reason.
 */
export async function readPeople(
  graph: Graph,
  objectIds: readonly string[],
  options?: GraphOptions,
): Promise<(DirectoryUser | InvalidDirectoryUser)[]> {
  const requests = objectIds.map((id) => ({
    id,
    url: `/users/${encodeURIComponent(id)}?$select=${userSelect}`,
  }))
  const answers = await graph.batch(requests, options)
  return objectIds.map((objectId) => {
    const answer = answers.get(objectId)
    if (answer?.status === 200) return readDirectoryUser(answer.body)
    const invalid =
      answer?.status === 404
        ? 'This account is no longer in Microsoft Entra ID.'
        : `Microsoft did not answer with this account (${answer?.status ?? 'no answer'}).`
    return { objectId, displayName: null, invalid }
  })
}
