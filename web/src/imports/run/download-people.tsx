import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
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
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          Download the {kind}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ name, label, about }) => (
          <Menu.Item key={name} component="a" href={downloadUrl(runId, kind, name)} download maw={320}>
            {label}
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
