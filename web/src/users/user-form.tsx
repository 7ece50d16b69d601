import { attributeLabels } from '@keyroster/api/attributes.ts'
import type { CreateUser, UserDetail } from '@keyroster/api/users.ts'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { Link } from 'react-router'
import { ErrorSummary, messageFor, ProblemAlert } from '../ui/problem.tsx'
import type { FormErrors } from '../ui/use-form-errors.ts'
import { LeaveGuard } from './leave-guard.tsx'
import { isManaged } from './users.ts'

const fields = [
  'displayName',
  'email',
  'givenName',
  'surname',
  'jobTitle',
  'department',
  'employeeId',
  'officeLocation',
  'mobilePhone',
  'preferredLanguage',
] as const satisfies (keyof CreateUser)[]

type Field = (typeof fields)[number]
type Values = Record<Field, string>

type UserFormProps<T> = FormErrors<T> & {
  /** Who is edited; nobody for a new user. */
  user?: UserDetail
  submitLabel: string
  /** Shown when it fails, for example “The user was not added”. */
  failure: string
  cancelTo: string
  pending: boolean
  error: Error | null
  onSubmit: (values: T) => void
}

/** The fields of a person that can be set by hand; those that come from the directory are shown, and say so. */
export function UserForm<T>(props: UserFormProps<T>) {
  const { user, error, errors, check, onSubmit } = props
  const [initial] = useState(() => valuesOf(user))
  const [values, setValues] = useState(initial)
  const editable = fields.filter((field) => !isFromDirectory(user, field))
  const changed = fields.some((field) => values[field] !== initial[field])

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const body = check(Object.fromEntries(editable.map((field) => [field, sentValue(field, values[field])])))
    if (body) onSubmit(body)
  }
  return (
    <form onSubmit={submit} noValidate>
      <LeaveGuard changed={changed && !props.pending} />
      <Stack gap="md">
        <ErrorSummary errors={errors} />
        {errors.length === 0 && <ProblemAlert error={error} title={props.failure} />}
        {fields.map((field) => (
          <TextInput
            key={field}
            id={field}
            name={field}
            label={attributeLabels[field]}
            type={field === 'email' ? 'email' : 'text'}
            autoComplete="off"
            required={field === 'displayName' || field === 'email'}
            readOnly={!editable.includes(field)}
            description={editable.includes(field) ? undefined : 'Comes from Entra ID. Change it there.'}
            value={values[field]}
            error={messageFor(errors, field)}
            onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
          />
        ))}
        <Group gap="xs">
          <Button type="submit" loading={props.pending}>
            {props.submitLabel}
          </Button>
          <Button variant="default" component={Link} to={props.cancelTo}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const isFromDirectory = (user: UserDetail | undefined, field: Field) =>
  user !== undefined &&
  isManaged(user) &&
  user.attributes.some(({ name, origin }) => name === field && origin === 'entra')

function valuesOf(user: UserDetail | undefined): Values {
  const textOf = (field: Field) => {
    const value = user?.attributes.find(({ name }) => name === field)?.value
    return typeof value === 'string' ? value : ''
  }
  return {
    displayName: textOf('displayName'),
    email: textOf('email'),
    givenName: textOf('givenName'),
    surname: textOf('surname'),
    jobTitle: textOf('jobTitle'),
    department: textOf('department'),
    employeeId: textOf('employeeId'),
    officeLocation: textOf('officeLocation'),
    mobilePhone: textOf('mobilePhone'),
    preferredLanguage: textOf('preferredLanguage'),
  }
}

/** An empty optional field means that there is no value; an empty required one is left for the schema to refuse. */
const sentValue = (field: Field, typed: string) =>
  typed.trim() === '' && field !== 'displayName' && field !== 'email' ? null : typed.trim()
