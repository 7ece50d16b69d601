import { readFile } from 'node:fs/promises'
import { actions, may, roleNames, roles } from '@keyroster/api/roles.ts'
import { expect, test } from 'vitest'

const document = new URL('../../../docs/people-and-roles.md', import.meta.url)

test('the table of roles in the documentation is the one that the panel goes by', async () => {
  const rows = (await readFile(document, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [heading, , ...table] = rows
  expect(heading?.slice(2)).toEqual(roles.map((role) => roleNames[role].toLowerCase()))
  expect(table.map(([action, , ...cells]) => [action, ...cells])).toEqual(
    actions.map((action) => [`\`${action}\``, ...roles.map((role) => (may(role, action) ? 'yes' : ''))]),
  )
})
