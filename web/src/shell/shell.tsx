import { Center, Loader } from '@mantine/core'
import { useDisclosure, useLocalStorage } from '@mantine/hooks'
import { Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { paths } from '../paths.ts'
import { PasskeyPrompt } from '../session/passkey-prompt.tsx'
import { useSession } from '../session/session.ts'
import { SessionEnding } from '../session/session-ending.tsx'
import { StepUpDialog } from '../session/step-up-dialog.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { Header } from './header.tsx'
import { ImportBanner } from './import-banner.tsx'
import { Navigation, NavigationSheet } from './navigation.tsx'
import classes from './shell.module.css'

/** The frame of every page for whoever is signed in; everybody else is led to the sign-in page and back. */
export function Shell() {
  const session = useSession()
  const location = useLocation()
  const [navigationShown, setNavigationShown] = useLocalStorage({
    key: 'keyroster-navigation',
    defaultValue: true,
    getInitialValueInEffect: false,
  })
  const [sheetOpened, sheet] = useDisclosure(false)
  if (session.isPending) {
    return (
      <Center h="100vh">
        <Loader aria-label="Loading" />
      </Center>
    )
  }
  if (session.data === undefined) {
    return (
      <main className={classes.main}>
        <ProblemAlert
          error={session.error}
          title="The panel does not answer"
          onRetry={() => session.refetch()}
        />
      </main>
    )
  }
  if (session.data === null) {
    const from = location.pathname + location.search
    return <Navigate to={paths.signIn()} state={{ from }} replace />
  }
  return (
    <>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <Header
        session={session.data}
        navigationShown={navigationShown}
        onToggleNavigation={() => setNavigationShown(!navigationShown)}
        onOpenSheet={sheet.open}
      />
      <NavigationSheet opened={sheetOpened} onClose={sheet.close} />
      <div className={classes.body}>
        {navigationShown && <Navigation className={classes.navigation} />}
        <main id="content" tabIndex={-1} className={classes.main}>
          <SessionEnding session={session.data} />
          <PasskeyPrompt session={session.data} />
          <ImportBanner />
          <Outlet />
        </main>
      </div>
      <StepUpDialog />
      <ScrollRestoration />
    </>
  )
}
