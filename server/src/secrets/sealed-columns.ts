/** A column of sealed texts in a table with `id` and `workspace_id`; beside it, the generated column with the data key's version. */
export interface SealedColumn {
  table: string
  column: string
  keyColumn: string
}

/** Every column that is sealed with a data key: what a rotation seals anew. */
export const sealedColumns: SealedColumn[] = [
  { table: 'connections', column: 'credential_sealed', keyColumn: 'credential_key' },
]
