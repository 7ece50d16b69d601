import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'

/** The way into the wizard, on every page that misses people. */
export function ImportUsers() {
  return (
    <DeedButton to={paths.newImport()} unavailable={useWhyNot('imports.run')}>
      Import users
    </DeedButton>
  )
}
