import { Paper, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import classes from './entrance-page.module.css'

/** A page before the panel: nobody is signed in, or just so. */
export function EntrancePage({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(title)
  // A page that goes on to its next step says so to whoever hears it.
  useEffect(() => {
    if (title !== first.current) heading.current?.focus()
  }, [title])
  return (
    <main className={classes.page}>
      <title>{`${title} · Keyroster`}</title>
      <Paper withBorder p="xl" w="100%" maw="28rem">
        <Stack gap="lg">
          <div className={classes.brand}>
            <img src="/mark.svg" alt="" width={40} height={40} />
            <Title order={1} tabIndex={-1} ref={heading}>
              {title}
            </Title>
          </div>
          {children}
        </Stack>
      </Paper>
    </main>
  )
}
