import type { ImportRun } from '@keyroster/api/imports.ts'
import { Anchor, DataList, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { AllowedLink } from '../../session/allowed-link.tsx'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { modeSentences, scopeWords } from '../plan-words.ts'

const shownGroups = 20

/** What the run was asked, each with *Change* while it can still be changed. */
export function Answers({ run, changeable = false }: { run: ImportRun; changeable?: boolean }) {
  const may = changeable && run.scope.kind !== 'retry'
  const who = may ? paths.importWho(run.id) : null
  const existing = may ? paths.importExisting(run.id) : null
  return (
    <DataList labelWidth="10rem" maw="60rem" withDivider>
      <Answer label="From">
        {run.connectionId ? (
          <AllowedLink action="connections.read" to={paths.connection(run.connectionId)}>
            <DirectoryText>{run.connectionName}</DirectoryText>
          </AllowedLink>
        ) : (
          <DirectoryText>{run.connectionName}</DirectoryText>
        )}
      </Answer>
      <Answer label="Who" change={who}>
        <Who run={run} />
      </Answer>
      <Answer label="Guests" change={who}>
        {run.includeGuests ? 'Included' : 'Left out'}
      </Answer>
      <Answer label="Disabled accounts" change={who}>
        {run.includeDisabled ? 'Included' : 'Left out'}
      </Answer>
      <Answer label="Existing users" change={existing}>
        {modeSentences[run.mode]}
      </Answer>
      <Answer label="Started">
        <RelativeTime at={run.createdAt} /> by <DirectoryText>{run.createdBy}</DirectoryText>
      </Answer>
    </DataList>
  )
}

function Who({ run }: { run: ImportRun }) {
  if (run.scope.kind === 'retry') {
    return (
      <>
        {scopeWords(run)}:{' '}
        <Anchor component={Link} to={paths.import(run.scope.importId)} size="sm" underline="always">
          show it
        </Anchor>
      </>
    )
  }
  if (run.scope.kind === 'all-users') return <>{scopeWords(run)}</>
  const { groups } = run.scope
  return (
    <>
      {scopeWords(run)}, people of nested groups included:{' '}
      {groups.slice(0, shownGroups).map((group, index) => (
        <span key={group.id}>
          {index > 0 && ', '}
          <DirectoryText>{group.displayName}</DirectoryText>
        </span>
      ))}
      {groups.length > shownGroups && ', …'}
    </>
  )
}

function Answer({ label, change, children }: { label: string; change?: string | null; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue style={{ overflowWrap: 'anywhere' }}>
        {children}
        {change && (
          <Anchor component={Link} to={change} size="sm" ml="sm" underline="always">
            Change<VisuallyHidden> {label.toLowerCase()}</VisuallyHidden>
          </Anchor>
        )}
      </DataList.ItemValue>
    </DataList.Item>
  )
}
