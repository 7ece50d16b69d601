import { type UserDetail, updateUser } from '@keyroster/api/users.ts'
import { Anchor, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { paths } from '../paths.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert, problemOf } from '../ui/problem.tsx'
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
  const [invalid, setInvalid] = useState(false)
  const navigate = useNavigate()
  const update = useUpdateUser(user.id)
  const title = `Edit ${user.displayName}`
  return (
    <Page
      title={invalid || update.isError ? `Error: ${title}` : title}
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
        schema={updateUser}
        submitLabel="Save user"
        failure="The user was not saved"
        cancelTo={paths.user(user.id)}
        pending={update.isPending || update.isSuccess}
        error={update.error}
        onErrors={(count) => setInvalid(count > 0)}
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
