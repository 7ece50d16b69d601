import { Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconUsersGroup } from '@tabler/icons-react'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { Page } from '../../ui/page.tsx'
import { Steps } from '../steps.tsx'
import classes from './source-step.module.css'

/** Where people come from. Only sources that work are shown. */
export function SourceStep() {
  return (
    <>
      <Steps current="Connect" />
      <Page
        title="Where are the users?"
        description="Nothing is written until you have reviewed it."
        width="text"
      >
        <UnstyledButton component={Link} to={paths.importConnect()} className={classes.source}>
          <IconUsersGroup size={28} stroke={1.5} aria-hidden style={{ flexShrink: 0 }} />
          <Stack gap={2} style={{ flexGrow: 1 }}>
            <Text fw={600} size="md">
              Microsoft Entra ID
            </Text>
            <Text c="dimmed">People and groups of your Microsoft 365 or Azure tenant</Text>
          </Stack>
          <IconChevronRight size={20} aria-hidden style={{ flexShrink: 0, alignSelf: 'center' }} />
        </UnstyledButton>
      </Page>
    </>
  )
}
