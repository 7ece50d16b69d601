import type { ClientBase } from 'pg'

/** A table of the public schema, with the columns that can be written. */
export interface Table {
  name: string
  columns: string[]
}

/**
 * The tables that a backup holds, each after those it refers to, so that they can be filled in this order with every
 * constraint in force. Not among them: `migrations`, which the restoring Keyroster writes itself, and what belongs to an
 * extension.
 */
export async function listTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { refersTo: string[] }>(`
    select c.relname::text as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
      array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> k.conrelid) as "refersTo"
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    order by c.relname`)
  const ordered: Table[] = []
  const placed = new Set<string>()
  for (let left = rows; left.length > 0; left = left.filter(({ name }) => !placed.has(name))) {
    const next = left.filter((table) => table.refersTo.every((name) => placed.has(name)))
    if (next.length === 0)
      throw new Error(`These tables refer to each other: ${left.map(({ name }) => name)}`)
    for (const { name, columns } of next) {
      ordered.push({ name, columns })
      placed.add(name)
    }
  }
  return ordered
}

/** `"name" ("column", …)`, as COPY wants it. */
export function copyTarget({ name, columns }: Table): string {
  return `${quoted(name)} (${columns.map(quoted).join(', ')})`
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
