import type { ConnectionSetup } from '@keyroster/api/connections.ts'

/** The application permissions an import needs, least privilege: why each, and what happens without it. */
export const permissions: ConnectionSetup['permissions'] = [
  {
    name: 'User.Read.All',
    why: 'Reads the people of the directory: names, email addresses, jobs, and whether their account is enabled.',
    without: 'Nobody can be imported: Microsoft names members of groups without saying who they are.',
  },
  {
    name: 'GroupMember.Read.All',
    why: 'Lists the groups to choose from, and who is in them.',
    without: 'Groups cannot be chosen; only all users can be imported.',
  },
  {
    name: 'Organization.Read.All',
    why: 'Reads the tenant’s name and its verified domains, which tell whose email addresses can be trusted.',
    without:
      'The panel cannot tell whether an email address belongs to this tenant, so it links nobody by email.',
  },
]
