import type { UserDetail } from '@keyroster/api/users.ts'
import { Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { useDeleteUser, useUpdateUser, whyNotDelete } from './users.ts'

/** Suspends an active person, or restores a suspended one, after asking. */
export function SuspendOrRestore({ user }: { user: UserDetail }) {
  const [asking, dialog] = useDisclosure(false)
  const update = useUpdateUser(user.id)
  // Kept while the dialog closes, when the person has the other status already.
  const [asked, setAsked] = useState(user.status)
  const active = asked === 'active'
  const ask = () => {
    setAsked(user.status)
    dialog.open()
  }
  const deed = useMutation({
    mutationFn: () => update.mutateAsync({ status: active ? 'suspended' : 'active' }),
    onSuccess: () => {
      dialog.close()
      notifications.show({ message: active ? 'User suspended' : 'User restored' })
    },
  })
  const verb = active ? 'Suspend' : 'Restore'
  return (
    <>
      <DeedButton variant="default" unavailable={useWhyNot('users.edit')} onClick={ask}>
        {user.status === 'active' ? 'Suspend' : 'Restore'}
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={
          <>
            {verb} <bdi>{user.displayName}</bdi>?
          </>
        }
        confirmLabel={verb}
        failure={active ? 'The user was not suspended' : 'The user was not restored'}
        deed={deed}
      >
        <Text>
          {active
            ? 'They stay in the list with their history, marked as suspended, until somebody restores them.'
            : 'They become active again. If their account is still disabled in Entra ID, the next import that syncs existing users suspends them again.'}
        </Text>
      </ConfirmDialog>
    </>
  )
}

/** Deletes a person added by hand, after asking; for one from a directory it says why it cannot. */
export function DeleteUser({ user }: { user: UserDetail }) {
  const [asking, dialog] = useDisclosure(false)
  const navigate = useNavigate()
  const refused = useWhyNot('users.edit')
  const deed = useDeleteUser(user.id, () => {
    notifications.show({ message: 'User deleted' })
    navigate(paths.users(), { replace: true })
  })
  return (
    <>
      <DeedButton variant="default" unavailable={refused ?? whyNotDelete(user)} onClick={dialog.open}>
        Delete
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={
          <>
            Delete <bdi>{user.displayName}</bdi>?
          </>
        }
        confirmLabel="Delete"
        destructive
        failure="The user was not deleted"
        deed={deed}
      >
        <Text>This cannot be undone. To keep their history, suspend them instead.</Text>
      </ConfirmDialog>
    </>
  )
}
