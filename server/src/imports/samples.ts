import { type AttributeName, attributeNames } from '@keyroster/api/attributes.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { columnOf } from '../users/attributes.ts'

interface Sample {
  objectId: string
  attributes: Record<AttributeName, string | boolean | null>
}

/** Three people of a run whose import would write something, the fullest records first among the first hundred by name. */
export async function readSamples(db: Db, runId: string): Promise<Sample[]> {
  const found = await sql<Record<string, string | boolean | null> & { object_id: string }>`
    select e.* from (
      select * from import_entries
      where run_id = ${runId} and action in ('create', 'link', 'update', 'unchanged') order by name_folded limit 100
    ) e
    order by num_nulls(${sql.raw(Object.values(columnOf).join(', '))}), e.name_folded limit 3`.execute(db)
  return found.rows.map((row) => ({
    objectId: row.object_id,
    attributes: Object.fromEntries(
      attributeNames.map((name) => [name, row[columnOf[name]] ?? null]),
    ) as Sample['attributes'],
  }))
}
