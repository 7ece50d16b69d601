import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import classes from './page.module.css'

type PageProps = {
  /** Plain text of the document's title; the heading too, unless `heading` is given. */
  title: string
  heading?: ReactNode
  /** One sentence under the heading. */
  description?: ReactNode
  /** The one primary action, with at most a few quiet ones before it. */
  action?: ReactNode
  /** Where this page belongs, as a link back. */
  parent?: ReactNode
  /** `text` keeps forms and prose at a readable width. */
  width?: 'full' | 'text'
  children: ReactNode
}

/** A page: its title takes the focus when one comes here by a link, so that a screen reader says where one is. */
export function Page({ title, heading, description, action, parent, width = 'full', children }: PageProps) {
  const headingRef = useRef<HTMLHeadingElement>(null)
  const { key, pathname } = useLocation()
  // An address that was opened directly leaves the focus alone, and so does a filter: it changes only the query.
  const opened = useRef(key === 'default' ? pathname : null)
  useEffect(() => {
    if (pathname !== opened.current) headingRef.current?.focus({ preventScroll: true })
  }, [pathname])
  return (
    <Stack gap="lg" className={classes.page} mod={{ width }}>
      <title>{`${title} · Keyroster`}</title>
      <Group justify="space-between" align="flex-end" gap="md">
        <Box className={classes.titles}>
          {parent && <Text component="div">{parent}</Text>}
          <Title order={1} tabIndex={-1} ref={headingRef} className={classes.heading}>
            {heading ?? title}
          </Title>
          {description && (
            <Text c="dimmed" component="div" mt={4}>
              {description}
            </Text>
          )}
        </Box>
        {action && <Group gap="xs">{action}</Group>}
      </Group>
      {children}
    </Stack>
  )
}
