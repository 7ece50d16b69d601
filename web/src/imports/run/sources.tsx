import type { ImportRun } from '@keyroster/api/imports.ts'
import { Table, Text, Title } from '@mantine/core'
import { formatCount } from '../../format.ts'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx'
import { isFinished } from '../progress.ts'

type Source = ImportRun['sources'][number]
type Words = { word: string; tone: Tone; means?: string }

const states: Record<Source['state'], Words> = {
  pending: { word: 'Not read yet', tone: 'quiet' },
  reading: { word: 'Reading', tone: 'busy' },
  complete: { word: 'Read completely', tone: 'good' },
  partial: {
    word: 'Read in part',
    tone: 'attention',
    means:
      'Read without its hidden nested groups, so nobody is taken out of it; showing them needs the permission Member.Read.Hidden.',
  },
  gone: { word: 'Not read', tone: 'attention', means: 'The group does not exist in Entra any more.' },
  forbidden: { word: 'Not read', tone: 'attention', means: 'Entra refused to show its members.' },
  unfinished: {
    word: 'Not read',
    tone: 'attention',
    means: 'Microsoft’s list of its members changed or led in a circle while it was read.',
  },
  hidden: {
    word: 'Not read',
    tone: 'attention',
    means: 'Entra hides its members; showing them needs the permission Member.Read.Hidden.',
  },
}

/** A run that ended does not read on what it had not read yet. */
function wordsOf({ state, read }: Source, ended: boolean): Words {
  if (!ended || (state !== 'pending' && state !== 'reading')) return states[state]
  return { word: read === 0 ? 'Not read' : 'Read in part', tone: 'quiet' }
}

const readingWords: Record<NonNullable<ImportRun['reading']>, string> = {
  walk: 'All users were read in one ordered walk through the tenant.',
  parts: 'All users were read in parts at once; Microsoft’s counts of the parts add up to the whole tenant.',
}

/** Where people were read from, and how completely. */
export function Sources({ run }: { run: Pick<ImportRun, 'state' | 'sources' | 'reading'> }) {
  const { sources, reading } = run
  // Two groups may have one name, and a source has no id of its own; its place never changes.
  const numbered = sources.map((source, place) => ({
    place,
    source,
    words: wordsOf(source, isFinished(run)),
  }))
  return (
    <section>
      <Title order={2} mb="xs">
        What was read
      </Title>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label="What was read" maw="60rem" verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Source</Table.Th>
              <Table.Th w="10rem">State</Table.Th>
              <Table.Th w="4.5rem" ta="right">
                People
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {numbered.map(({ place, source, words }) => (
              <Table.Tr key={place}>
                <Table.Td>
                  <DirectoryText>{source.name}</DirectoryText>
                  {words.means && <Text c="dimmed">{words.means}</Text>}
                </Table.Td>
                <Table.Td>
                  <StatusBadge tone={words.tone}>{words.word}</StatusBadge>
                </Table.Td>
                <Table.Td ta="right" className="numeric">
                  {formatCount(source.read)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {reading && sources.every(({ state }) => state === 'complete') && (
        <Text c="dimmed" mt="xs">
          {readingWords[reading]}
        </Text>
      )}
    </section>
  )
}

/** True where somebody may be missing because a source was not read. */
export const isIncomplete = (sources: Source[]): boolean =>
  sources.some(({ state }) => states[state].tone === 'attention')
