import { type AttributeName, attributeLabels } from '@keyroster/api/attributes.ts'
import type { User, UserDetail } from '@keyroster/api/users.ts'
import { Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { AllowedLink } from '../session/allowed-link.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { NotSet } from './user-columns.tsx'

const originWords: Record<User['source'], string> = { manual: 'Typed here', entra: 'Entra ID' }

/** Nobody can type these here, so that they are not missing where a person is in no directory. */
const onlyDirectory = new Set<AttributeName>(['userPrincipalName', 'userType', 'accountEnabled'])

/** What is known of a person, each with where it came from, and what ties them to the directory. */
export function UserAttributes({ user }: { user: UserDetail }) {
  const { directory } = user
  const shown = user.attributes.filter(
    ({ name, value }) => value !== null || directory || !onlyDirectory.has(name),
  )
  return (
    <Table aria-labelledby="attributes" maw="56rem" layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="11rem">Attribute</Table.Th>
          <Table.Th>Value</Table.Th>
          <Table.Th w="9rem" visibleFrom="xs">
            From
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {shown.map(({ name, value, origin }) => (
          <AttributeRow
            key={name}
            label={attributeLabels[name]}
            from={value === null ? '' : originWords[origin]}
          >
            <AttributeValue value={value} />
          </AttributeRow>
        ))}
        {directory && (
          <>
            <AttributeRow label="Object ID" from={originWords.entra}>
              <span className="mono">{directory.objectId}</span>
            </AttributeRow>
            <AttributeRow label="Tenant ID" from={originWords.entra}>
              <span className="mono">{directory.tenantId}</span>
            </AttributeRow>
            <AttributeRow label="Linked" from="Keyroster">
              <RelativeTime at={directory.linkedAt} />
              {directory.connectionId && (
                <>
                  {' through '}
                  <AllowedLink action="connections.read" to={paths.connection(directory.connectionId)}>
                    this connection
                  </AllowedLink>
                </>
              )}
            </AttributeRow>
          </>
        )}
      </Table.Tbody>
    </Table>
  )
}

function AttributeRow({ label, from, children }: { label: string; from: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} c="dimmed">
        {label}
      </Table.Th>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {children}
        <Text size="xs" c="dimmed" hiddenFrom="xs">
          {from}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="xs">{from}</Table.Td>
    </Table.Tr>
  )
}

function AttributeValue({ value }: { value: string | boolean | null }) {
  if (value === null || value === '') return <NotSet />
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  return <DirectoryText>{value}</DirectoryText>
}
