/** Every address of the panel, built in one place; the server's notifications use the same ones. */
export const paths = {
  signIn: () => '/sign-in',
  invitation: () => '/invitation',
  account: () => '/account',
  users: (query: { group?: string; source?: string } = {}) => {
    const params = new URLSearchParams(query)
    return params.size > 0 ? `/users?${params}` : '/users'
  },
  newUser: () => '/users/new',
  user: (id: string) => `/users/${id}`,
  editUser: (id: string) => `/users/${id}/edit`,
  groups: () => '/groups',
  group: (id: string) => `/groups/${id}`,
  imports: () => '/imports',
  newImport: () => '/imports/new',
  importConnect: () => '/imports/new/connect',
  /** With a run: to change what it was asked, and come back to its review. */
  importWho: (run?: string) => `/imports/new/who${run ? `?run=${run}` : ''}`,
  importExisting: (run?: string) => `/imports/new/existing${run ? `?run=${run}` : ''}`,
  import: (id: string) => `/imports/${id}`,
  connections: () => '/connections',
  newConnection: () => '/connections/new',
  connection: (id: string) => `/connections/${id}`,
  people: () => '/people',
  invite: () => '/people/invite',
  person: (id: string) => `/people/${id}`,
  tokens: () => '/tokens',
  newToken: () => '/tokens/new',
  audit: () => '/audit',
  settings: () => '/settings',
}
