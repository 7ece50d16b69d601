import { Button, Code, CopyButton, Group, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** A value to be pasted elsewhere, with a button that copies it; `name` says what it is, for those who only hear the button. */
export function CopyValue({ value, name }: { value: string; name: string }) {
  return (
    <Group gap="xs" wrap="wrap">
      <Code style={{ overflowWrap: 'anywhere', fontSize: 'inherit' }}>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button
            size="compact-sm"
            variant="default"
            onClick={copy}
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          >
            {copied ? 'Copied' : 'Copy'} <VisuallyHidden>{name}</VisuallyHidden>
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
