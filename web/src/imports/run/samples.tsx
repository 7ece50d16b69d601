import { attributeLabels, attributeNames } from '@keyroster/api/attributes.ts'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { Skeleton, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { ProblemAlert } from '../../ui/problem.tsx'
import { samplesQuery } from '../imports.ts'
import { Value } from './entry-detail.tsx'

/** The attributes that an import sets, each with its value for three people. */
export function Samples({ run }: { run: ImportRun }) {
  const samples = useQuery(samplesQuery(run))
  const people = samples.data?.items
  if (people?.length === 0) return null
  return (
    <section>
      <Title order={2}>What is imported</Title>
      <Text c="dimmed" mb="xs">
        These attributes, shown for the fullest records, and the memberships of chosen groups. Entra stays as
        it is.
      </Text>
      <ProblemAlert
        error={samples.error}
        title="The sample people could not be loaded"
        onRetry={() => samples.refetch()}
      />
      {samples.isPending && <Skeleton h={320} />}
      {people && (
        <Table.ScrollContainer
          minWidth={720}
          scrollAreaProps={{
            viewportProps: { tabIndex: 0, 'aria-label': 'What is imported', role: 'region' },
          }}
        >
          <Table verticalSpacing={4} layout="fixed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="11rem">Attribute</Table.Th>
                {people.map(({ objectId, attributes }) => (
                  <Table.Th key={objectId}>
                    <DirectoryText clip>{String(attributes.displayName ?? objectId)}</DirectoryText>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {attributeNames.map((name) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" fw={400}>
                    {attributeLabels[name]}
                  </Table.Th>
                  {people.map(({ objectId, attributes }) => (
                    <Table.Td key={objectId}>
                      <Value value={attributes[name]} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
