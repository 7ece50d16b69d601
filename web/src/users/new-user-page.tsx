import { createUser } from '@keyroster/api/users.ts'
import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link, useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { Page } from '../ui/page.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { UserForm } from './user-form.tsx'
import { useCreateUser } from './users.ts'

/** Adds one person by hand. */
export function NewUserPage() {
  const navigate = useNavigate()
  const create = useCreateUser()
  const form = useFormErrors(createUser, create.error)
  return (
    <Page
      title={form.errors.length > 0 || create.isError ? 'Error: New user' : 'New user'}
      heading="New user"
      width="text"
      description="For somebody who is not in your directory. People who are come in by an import."
      parent={
        <Anchor component={Link} to={paths.users()} size="sm">
          Users
        </Anchor>
      }
    >
      <UserForm
        {...form}
        submitLabel="Add user"
        failure="The user was not added"
        cancelTo={paths.users()}
        pending={create.isPending || create.isSuccess}
        error={create.error}
        onSubmit={(values) =>
          create.mutate(values, {
            onSuccess: (user) => {
              notifications.show({ message: 'User added' })
              navigate(paths.user(user.id), { replace: true })
            },
          })
        }
      />
    </Page>
  )
}
