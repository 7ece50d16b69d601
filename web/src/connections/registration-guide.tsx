import type { Cloud, ConnectionSetup } from '@keyroster/api/connections.ts'
import { Anchor, List, Stack, Table, Text } from '@mantine/core'
import { CopyValue } from '../ui/copy-value.tsx'
import { clouds } from './clouds.ts'

type Props = { setup: ConnectionSetup; cloud: Cloud; credential: 'secret' | 'certificate' }

/** How a customer registers this panel in their own tenant, step by step. */
export function RegistrationGuide({ setup, cloud, credential }: Props) {
  const { portal } = clouds[cloud]
  return (
    <List
      type="ordered"
      spacing="md"
      size="sm"
      styles={{ itemWrapper: { display: 'block' }, itemLabel: { display: 'block' } }}
    >
      <List.Item>
        <Stack gap={4}>
          <Text fw={500}>Create an app registration</Text>
          <Text>
            In the{' '}
            <Anchor href={portal} target="_blank" rel="noreferrer" underline="always">
              Microsoft Entra admin center
            </Anchor>{' '}
            (opens a new tab), go to Entra ID, App registrations, <b>New registration</b>. Name it Keyroster
            and choose accounts in this organizational directory only.
          </Text>
        </Stack>
      </List.Item>
      <List.Item>
        <Stack gap={4}>
          <Text fw={500}>Add the redirect URI</Text>
          <Text>
            Under Authentication, add the platform <b>Web</b> with exactly this address:
          </Text>
          <CopyValue value={setup.redirectUri} name="the redirect URI" />
        </Stack>
      </List.Item>
      <List.Item>
        <Stack gap={4}>
          <Text fw={500}>Add three application permissions</Text>
          <Text>
            Under API permissions, choose <b>Add a permission</b>, Microsoft Graph,{' '}
            <b>Application permissions</b>. You grant them from this panel in a moment; nothing can be changed
            in your directory with them.
          </Text>
          <Permissions permissions={setup.permissions} />
        </Stack>
      </List.Item>
      <List.Item>
        <Stack gap={4}>
          <Text fw={500}>
            {credential === 'secret' ? 'Create a client secret' : 'Leave the certificate for later'}
          </Text>
          {credential === 'secret' ? (
            <Text>
              Under Certificates &amp; secrets, choose <b>New client secret</b> and copy its <b>Value</b> at
              once (Entra shows it only this time). The Secret ID beside it is not the secret.
            </Text>
          ) : (
            <Text>
              The panel makes a key pair when you save. Its private key never leaves the panel; you then
              download the certificate and upload it under Certificates &amp; secrets, Certificates.
            </Text>
          )}
        </Stack>
      </List.Item>
      <List.Item>
        <Stack gap={4}>
          <Text fw={500}>Copy two ids</Text>
          <Text>
            From the registration’s <b>Overview</b>, copy the Directory (tenant) ID and the Application
            (client) ID into the form below.
          </Text>
        </Stack>
      </List.Item>
    </List>
  )
}

function Permissions({ permissions }: Pick<ConnectionSetup, 'permissions'>) {
  return (
    <Table.ScrollContainer minWidth={680} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="15rem">Permission</Table.Th>
            <Table.Th>Why it is needed</Table.Th>
            <Table.Th>Without it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {permissions.map(({ name, why, without }) => (
            <Table.Tr key={name}>
              <Table.Td>
                <CopyValue value={name} name={name} />
              </Table.Td>
              <Table.Td>{why}</Table.Td>
              <Table.Td>{without}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
