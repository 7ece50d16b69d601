import { Anchor, Button, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { Page } from '../../ui/page.tsx'
import { ErrorSummary, type FieldError } from '../../ui/problem.tsx'
import { Steps } from '../steps.tsx'
import { useWizard } from './wizard.tsx'

type Props = {
  step: 'Connect' | 'Choose who'
  title: string
  description?: ReactNode
  /** Where the step before is; left out on the first. */
  back?: string
  /** What *Next* does where nothing is wrong. */
  onNext: () => void
  nextLabel?: string
  busy?: boolean
  /** True where another button of the step comes first. */
  secondary?: boolean
  /** What is to be mended before one can go on: said when *Next* is pressed, and no longer than it is true. */
  judge?: () => FieldError[]
  children: (errors: FieldError[]) => ReactNode
}

/** One question of the wizard. *Next* is never disabled: pressing it says what is missing. */
export function WizardStep({
  step,
  title,
  description,
  back,
  judge,
  onNext,
  nextLabel = 'Next',
  busy,
  secondary = false,
  children,
}: Props) {
  const { changing } = useWizard()
  const [errors, setErrors] = useState<FieldError[]>([])
  const wrong = judge?.() ?? []
  // What is mended is not said any more; what goes wrong anew is said at the next press.
  const standing = errors.filter(({ message }) => wrong.some((error) => error.message === message))
  if (standing.length < errors.length) setErrors(standing)
  const next = (event: FormEvent) => {
    event.preventDefault()
    setErrors(wrong)
    if (wrong.length === 0) onNext()
  }
  return (
    <>
      <Steps current={step} />
      <Page
        title={errors.length > 0 ? `Error: ${title}` : title}
        heading={title}
        description={description}
        width="text"
      >
        <form onSubmit={next} noValidate>
          <Stack gap="lg">
            <ErrorSummary errors={errors} />
            {children(errors)}
            <Group gap="sm">
              <Button type="submit" loading={busy} variant={secondary ? 'default' : 'filled'}>
                {changing ? 'Plan again' : nextLabel}
              </Button>
              {changing ? (
                <Button variant="default" component={Link} to={paths.import(changing.id)}>
                  Back to review
                </Button>
              ) : (
                back && (
                  <Button variant="default" component={Link} to={back}>
                    Back
                  </Button>
                )
              )}
              <Anchor component={Link} to={paths.users()} size="sm" ml="auto">
                Leave
              </Anchor>
            </Group>
          </Stack>
        </form>
      </Page>
    </>
  )
}
