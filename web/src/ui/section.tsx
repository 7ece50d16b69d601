import { Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type SectionProps = { title: string; description?: ReactNode; children: ReactNode }

/** A part of a page under a heading of its own. */
export function Section({ title, description, children }: SectionProps) {
  const heading = useId()
  return (
    <Stack component="section" gap="sm" aria-labelledby={heading}>
      <div>
        <Title order={2} id={heading}>
          {title}
        </Title>
        {description && <Text c="dimmed">{description}</Text>}
      </div>
      {children}
    </Stack>
  )
}
