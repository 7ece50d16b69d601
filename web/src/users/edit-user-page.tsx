import { type UserDetail, updateUser } from '@keyroster/api/users.ts'
import { Anchor, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from 'react-router'
import { paths } from '../paths.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert, problemOf } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { UserForm } from './user-form.tsx'
import { userQuery, useUpdateUser } from './users.ts'

/** Edits what was set by hand. */
export function EditUserPage() {
  const { id = '' } = useParams()
  const user = useQuery(userQuery(id))
  if (problemOf(user.error)?.status === 404) return <NotFoundPage what="user" />
  if (user.data) return <LoadedForm user={user.data} key={user.data.id} />
  return (
    <Page title="Edit user" width="text">
      <ProblemAlert error={user.error} title="This user could not be loaded" onRetry={() => user.refetch()} />
      {user.isPending && <Skeleton h={320} />}
    </Page>
  )
}

function LoadedForm({ user }: { user: UserDetail }) {
  const navigate = useNavigate()
  const update = useUpdateUser(user.id)
  const form = useFormErrors(updateUser, update.error)
  const title = `Edit ${user.displayName}`
  return (
    <Page
      title={form.errors.length > 0 || update.isError ? `Error: ${title}` : title}
      heading={
        <>
          Edit <DirectoryText>{user.displayName}</DirectoryText>
        </>
      }
      width="text"
      parent={
        <Anchor component={Link} to={paths.user(user.id)} size="sm">
          <DirectoryText clip>{user.displayName}</DirectoryText>
        </Anchor>
      }
    >
      <UserForm
        user={user}
        {...form}
        submitLabel="Save user"
        failure="The user was not saved"
        cancelTo={paths.user(user.id)}
        pending={update.isPending || update.isSuccess}
        error={update.error}
        onSubmit={(values) =>
          update.mutate(values, {
            onSuccess: () => {
              notifications.show({ message: 'User saved' })
              navigate(paths.user(user.id), { replace: true })
            },
          })
        }
      />
    </Page>
  )
}
