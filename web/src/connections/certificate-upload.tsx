import type { Connection } from '@keyroster/api/connections.ts'
import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { formatDay } from '../format.ts'
import { clouds } from './clouds.ts'
import { certificateUrl } from './connections.ts'

/** The public part of the connection's certificate, and the place in Entra where it belongs. */
export function CertificateUpload({ connection }: { connection: Connection }) {
  if (connection.credential.kind !== 'certificate') return null
  const { thumbprint, expiresOn } = connection.credential
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        component="a"
        href={certificateUrl(connection.id)}
        download
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        Download certificate
      </Button>
      <Text>
        Upload it in the{' '}
        <Anchor href={clouds[connection.cloud].portal} target="_blank" rel="noreferrer" underline="always">
          Microsoft Entra admin center
        </Anchor>{' '}
        (opens a new tab): App registrations, your registration, Certificates &amp; secrets, Certificates,{' '}
        <b>Upload certificate</b>.
      </Text>
      <Text c="dimmed">
        Entra then shows the thumbprint <span className="mono">{thumbprint.toUpperCase()}</span>. The
        certificate expires on {formatDay(expiresOn)}.
      </Text>
    </Stack>
  )
}
