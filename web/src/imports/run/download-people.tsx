import { Button, Menu, Stack, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useDownload } from '../../session/download.ts'
import { useWhyNot } from '../../session/may.ts'
import { DeedButton } from '../../ui/deed-button.tsx'
import { ProblemAlert } from '../../ui/problem.tsx'
import { downloadUrl } from '../imports.ts'

const formats = [
  {
    name: 'csv',
    label: 'CSV, for spreadsheets',
    about: 'Text that a spreadsheet could run as a formula begins with an apostrophe.',
  },
  { name: 'jsonl', label: 'JSON lines, for programs', about: 'Every value exactly as it is.' },
] as const

/** Downloads everybody of a run, as planned or as it came out. */
export function DownloadPeople({ runId, kind }: { runId: string; kind: 'plan' | 'report' }) {
  const refused = useWhyNot('users.export')
  const download = useDownload()
  const look = {
    variant: 'default',
    leftSection: <IconDownload size={16} aria-hidden />,
    rightSection: <IconChevronDown size={16} aria-hidden />,
  }
  if (refused !== null) {
    return (
      <DeedButton {...look} unavailable={refused}>
        Download the {kind}
      </DeedButton>
    )
  }
  return (
    <Stack gap="xs">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button {...look} loading={download.isPending}>
            Download the {kind}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(({ name, label, about }) => (
            <Menu.Item key={name} maw={320} onClick={() => download.mutate(downloadUrl(runId, kind, name))}>
              {label}
              <Text size="xs" c="dimmed">
                {about}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ProblemAlert error={download.error} title={`The ${kind} was not downloaded`} />
    </Stack>
  )
}
