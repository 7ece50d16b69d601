import type { Problem } from '@keyroster/api/problem.ts'
import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { RequestError } from '../request.ts'

/** What the server said about an error, where it said anything. */
export const problemOf = (error: unknown): Problem | null =>
  error instanceof RequestError ? error.problem : null

type ProblemAlertProps = {
  /** What was thrown, or nothing: then nothing is shown. */
  error: unknown
  /** What failed, for example “Users could not be loaded”. */
  title: string
  /** Offered as *Try again*. */
  onRetry?: () => void
  /** The deed that mends it, as a button or link. */
  action?: ReactNode
}

/** What happened, what to do next, and the request id for whoever reads the logs. Takes the focus when it appears on a deed. */
export function ProblemAlert({ error, title, onRetry, action }: ProblemAlertProps) {
  if (!error) return null
  const problem = problemOf(error)
  return (
    <Alert color="red" variant="light" role="alert" title={title} icon={<IconAlertTriangle aria-hidden />}>
      <Stack gap="xs" align="flex-start">
        <Text>
          {problem?.detail ?? 'The panel sent something this page does not understand. Reload the page.'}
        </Text>
        {problem?.link && (
          <Anchor component={Link} to={problem.link} size="sm">
            Show what is in the way
          </Anchor>
        )}
        {(onRetry || action) && (
          <Group gap="xs">
            {action}
            {onRetry && (
              <Button size="xs" variant="default" onClick={onRetry}>
                Try again
              </Button>
            )}
          </Group>
        )}
        {problem?.requestId && (
          <Text size="xs" c="dimmed">
            Request <span className="mono">{problem.requestId}</span>
          </Text>
        )}
      </Stack>
    </Alert>
  )
}

/** One thing a form must mend; `field` is the id of its input. */
export type FieldError = { field: string; message: string }

/** The words beside a field, the same as in the summary. */
export const messageFor = (errors: FieldError[], field: string) =>
  errors.find((error) => error.field === field)?.message

/** The list above a form of what must be mended, each a link to its field; it takes the focus whenever it changes. */
export function ErrorSummary({ errors }: { errors: FieldError[] }) {
  const summary = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (errors.length > 0) summary.current?.focus()
  }, [errors])
  if (errors.length === 0) return null
  return (
    <Alert
      color="red"
      variant="light"
      ref={summary}
      tabIndex={-1}
      role="alert"
      title={errors.length === 1 ? 'One thing to mend' : `${errors.length} things to mend`}
      icon={<IconAlertTriangle aria-hidden />}
    >
      <List size="sm" listStyleType="none">
        {errors.map(({ field, message }) => (
          <List.Item key={field + message}>
            <Anchor
              href={`#${field}`}
              size="sm"
              c="inherit"
              underline="always"
              onClick={(event) => {
                event.preventDefault()
                document.getElementById(field)?.focus()
              }}
            >
              {message}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
