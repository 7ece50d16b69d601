import type { DirectoryCounts } from '@keyroster/api/connections.ts'
import { ActionIcon, Group, Radio, Stack, Switch, Text, Tooltip } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useNavigate } from 'react-router'
import { countsQuery } from '../../connections/connections.ts'
import { formatCount, formatCounted } from '../../format.ts'
import { paths } from '../../paths.ts'
import { messageFor, ProblemAlert } from '../../ui/problem.tsx'
import type { ChosenGroup } from './draft.ts'
import { GroupLines } from './group-lines.tsx'
import { GroupSearch } from './group-search.tsx'
import classes from './who-step.module.css'
import { useWizard } from './wizard.tsx'
import { WizardStep } from './wizard-step.tsx'

/** Everybody of the tenant, or the people in some groups; guests and disabled accounts only when asked for. */
export function WhoStep() {
  const { draft, change, changing, review } = useWizard()
  const navigate = useNavigate()
  const { connectionId } = draft
  const counts = useQuery({ ...countsQuery(connectionId ?? ''), enabled: connectionId !== null })
  if (connectionId === null) return <Navigate to={paths.importConnect()} replace />
  return (
    <WizardStep
      step="Choose who"
      title="Who should be imported?"
      back={paths.importConnect()}
      judge={() =>
        draft.everyone || draft.groups.length > 0
          ? []
          : [{ field: 'groups', message: 'Choose at least one group, or all users.' }]
      }
      onNext={() => (changing ? review.mutate() : navigate(paths.importExisting()))}
      busy={review.isPending}
    >
      {(errors) => (
        <>
          <Radio.Group
            label="Who"
            value={draft.everyone ? 'everyone' : 'groups'}
            onChange={(value) => change({ everyone: value === 'everyone' })}
          >
            <Stack gap="sm" mt="xs">
              <Radio
                value="everyone"
                label="All users"
                description={inTenant(counts.data?.users, 'account')}
              />
              <Radio
                value="groups"
                label="People in chosen groups"
                description={inTenant(counts.data?.groups, 'group')}
              />
            </Stack>
          </Radio.Group>
          {!draft.everyone && (
            <Stack gap="sm">
              <GroupSearch
                id="groups"
                connectionId={connectionId}
                chosen={draft.groups}
                onChange={(groups) => change({ groups })}
                error={messageFor(errors, 'groups')}
              />
              <ChosenGroups chosen={draft.groups} onChange={(groups) => change({ groups })} />
            </Stack>
          )}
          <Stack gap="md">
            <Switch
              label="Include guests"
              description={addedWords('guest', counts.data?.guests, draft.everyone)}
              checked={draft.includeGuests}
              onChange={(event) => change({ includeGuests: event.currentTarget.checked })}
            />
            <Switch
              label="Include disabled accounts"
              description={addedWords('disabled account', counts.data?.disabled, draft.everyone)}
              checked={draft.includeDisabled}
              onChange={(event) => change({ includeDisabled: event.currentTarget.checked })}
            />
          </Stack>
          <ProblemAlert error={review.error} title="The plan was not made again" />
        </>
      )}
    </WizardStep>
  )
}

const inTenant = (count: number | null | undefined, noun: string) =>
  typeof count === 'number'
    ? `${formatCounted(count, noun)} in this tenant`
    : `From the ${noun}s of this tenant`

function addedWords(noun: string, count: DirectoryCounts['guests'] | undefined, everyone: boolean): string {
  if (count === undefined) return 'Asking Microsoft how many there are…'
  if (count === null) return 'Microsoft did not say how many there are.'
  if (count === 0) return `This tenant has no ${noun}s.`
  if (everyone) return `Adds ${formatCounted(count, noun)}.`
  return `Adds those in the chosen groups; the tenant has ${formatCount(count)} in all.`
}

type ChosenGroupsProps = { chosen: ChosenGroup[]; onChange: (chosen: ChosenGroup[]) => void }

function ChosenGroups({ chosen, onChange }: ChosenGroupsProps) {
  if (chosen.length === 0) return <Text c="dimmed">No group is chosen yet.</Text>
  return (
    <div>
      <Text fw={500} role="status">
        {formatCounted(chosen.length, 'group')} chosen
      </Text>
      <ul className={classes.groups}>
        {chosen.map((group) => (
          <li key={group.id}>
            <Group wrap="nowrap" justify="space-between" gap="sm">
              <GroupLines group={group}>
                {group.hiddenMembership && (
                  <Text size="xs">Entra hides who is in this group, so it may read as empty.</Text>
                )}
              </GroupLines>
              <Tooltip label="Remove">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${group.displayName}`}
                  onClick={() => onChange(chosen.filter(({ id }) => id !== group.id))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </Group>
          </li>
        ))}
      </ul>
    </div>
  )
}
