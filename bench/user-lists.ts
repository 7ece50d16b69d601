import type { Database } from '@keyroster/server/src/db/open.ts'
import { encodeCursor } from '@keyroster/server/src/http/cursor.ts'
import { foldText } from '@keyroster/server/src/users/fold.ts'

/** A page of users to ask for: as a path of the API, and as the same condition in SQL by hand ($1 is the workspace). */
export interface UserList {
  path: string
  condition: string
  values: unknown[]
}

/** Lists of one kind, each about another person, so that none is warm from the one before. */
export interface ListKind {
  name: string
  lists: UserList[]
}

interface Person {
  id: string
  email: string
  surname: string
  name: string
}

/** The kinds of page that admins ask for, `count` lists of each, about people of the workspace in no order. */
export async function listKinds({ pool }: Database, count: number): Promise<ListKind[]> {
  const { rows } = await pool.query<Person>(
    `select id, email, surname, name_folded as name from users
      where email is not null and length(surname) > 3 order by hashtext(id::text) limit $1`,
    [count],
  )
  const kind = (name: string, listOf: (person: Person) => UserList) => ({ name, lists: rows.map(listOf) })
  return [
    kind('first page', () => ({ path: '/api/users', condition: 'true', values: [] })),
    kind('deep cursor page', afterPerson),
    kind('search, 3 letters', ({ surname }) => searchFor(surname.slice(0, 3))),
    kind('search, a surname', ({ surname }) => searchFor(surname)),
    kind('search, one hit', ({ email }) => searchFor(email)),
    kind('search, no hit', ({ id }) => searchFor(`nobody ${id.slice(-8)}`)),
  ]
}

const afterPerson = ({ name, id }: Person): UserList => ({
  path: `/api/users?cursor=${encodeCursor(['name', name, id])}`,
  condition: '(name_folded, id) > ($2, $3::uuid)',
  values: [name, id],
})

const searchFor = (typed: string): UserList => ({
  path: `/api/users?search=${encodeURIComponent(typed)}`,
  condition: 'search like $2',
  values: [`%${foldText(typed)}%`],
})
