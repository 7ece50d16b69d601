import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'

/** For a page that broke while it was shown, or whose code is gone because the panel was updated meanwhile. */
export function ErrorPage() {
  return (
    <Stack p="xl" maw="44rem">
      <title>This page broke · Keyroster</title>
      <Alert
        color="red"
        variant="light"
        role="alert"
        title="This page broke"
        icon={<IconAlertTriangle aria-hidden />}
      >
        <Stack gap="sm" align="flex-start">
          <Text>Nothing was changed by it. The panel may have been updated while this page was open.</Text>
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </Stack>
      </Alert>
    </Stack>
  )
}
