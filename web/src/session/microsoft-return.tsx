import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { microsoftProblem } from './microsoft.ts'

/** Why a trip to Microsoft came to nothing, told after coming back. */
export function MicrosoftReturn({ problem, title }: { problem: string | null; title: string }) {
  if (problem === null) return null
  return (
    <Alert color="red" variant="light" role="alert" title={title} icon={<IconAlertTriangle aria-hidden />}>
      <Text>{microsoftProblem(problem)}</Text>
    </Alert>
  )
}
