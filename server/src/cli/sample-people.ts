import type { Db } from '../db/schema.ts'
import { foldEmail, foldName, searchText } from '../users/fold.ts'

/** Known to the panel before the first import, a little differently than to the directory, so that linking changes something. */
const people = [
  {
    display_name: 'Adele V.',
    email: 'AdeleV@M365x214355.onmicrosoft.com',
    given_name: 'Adele',
    surname: 'V.',
    job_title: 'Marketing',
  },
  {
    display_name: 'Meg Bowen',
    email: 'MeganB@M365x214355.onmicrosoft.com',
    given_name: 'Meg',
    surname: 'Bowen',
    job_title: 'Junior Auditor',
  },
]

/** Adds two people of the Contoso tenant by hand, to the operator's workspace. */
export async function addSamplePeople(db: Db, operatorId: string): Promise<void> {
  const { workspace_id } = await db
    .selectFrom('admins')
    .select('workspace_id')
    .where('id', '=', operatorId)
    .executeTakeFirstOrThrow()
  const rows = people.map((person) => ({
    ...person,
    workspace_id,
    email_folded: foldEmail(person.email),
    name_folded: foldName(person.display_name),
    search: searchText(person.display_name, person.email, null),
  }))
  await db.insertInto('users').values(rows).execute()
}
