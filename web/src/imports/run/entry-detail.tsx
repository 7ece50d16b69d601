import { type AttributeName, attributeLabels } from '@keyroster/api/attributes.ts'
import type { Change, Entry } from '@keyroster/api/imports.ts'
import { Anchor, DataList, Stack, Table, Text } from '@mantine/core'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { Fact } from '../../ui/fact-list.tsx'
import { conflictWords } from '../plan-words.ts'

export const changedWords = (attribute: Change['attribute']): string =>
  attribute === 'groups' ? 'Groups' : attributeLabels[attribute]

const attributeWords = (name: string): string =>
  name in attributeLabels ? attributeLabels[name as AttributeName] : name

/** More about one person of a run: why, what changes field by field, and who it is on both sides. */
export function EntryDetail({ entry }: { entry: Entry }) {
  return (
    <Stack gap="sm" maw="52rem" py="xs">
      {entry.problem && (
        <Text>
          {entry.problem.detail} <b>{entry.problem.remedy}</b>
        </Text>
      )}
      {entry.conflict && <Text>{conflictWords[entry.conflict].explanation}</Text>}
      {entry.changes.length > 0 && <Changes changes={entry.changes} />}
      <DataList labelWidth="10rem" gap={4}>
        {entry.user && (
          <Fact label="In this workspace">
            <Anchor component={Link} to={paths.user(entry.user.id)} size="sm" underline="always">
              <DirectoryText>{entry.user.displayName}</DirectoryText>
            </Anchor>
            {entry.user.email && (
              <>
                , <DirectoryText>{entry.user.email}</DirectoryText>
              </>
            )}
          </Fact>
        )}
        {entry.userPrincipalName && (
          <Fact label="User principal name">
            <DirectoryText>{entry.userPrincipalName}</DirectoryText>
          </Fact>
        )}
        {entry.groups.length > 0 && (
          <Fact label="Groups in Entra">
            <DirectoryText>{entry.groups.join(', ')}</DirectoryText>
          </Fact>
        )}
        {entry.altered.length > 0 && (
          <Fact label="Cleaned or cut">
            {entry.altered.map(attributeWords).join(', ')}: not stored exactly as Entra has it
          </Fact>
        )}
        <Fact label="Object ID">
          <span className="mono">{entry.objectId}</span>
        </Fact>
      </DataList>
    </Stack>
  )
}

function Changes({ changes }: { changes: Change[] }) {
  return (
    <Table aria-label="What changes" verticalSpacing={4} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Field</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map(({ attribute, before, after }) => (
          <Table.Tr key={attribute}>
            <Table.Td>{changedWords(attribute)}</Table.Td>
            <Table.Td>
              <Value value={before} />
            </Table.Td>
            <Table.Td>
              <Value value={after} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** A value of an attribute; nothing is said as nothing. */
export function Value({ value }: { value: string | boolean | null }) {
  if (value === null || value === '') return <Text c="dimmed">(empty)</Text>
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>
  return <DirectoryText>{value}</DirectoryText>
}
