import { expect, it } from 'vitest'
import { createStoredPeople, type People } from './stored-people.ts'
import { directoryUser } from './test-run.ts'

const people = (...users: ReturnType<typeof directoryUser>[]): People =>
  new Map(users.map((user) => [user.objectId, user]))

it('names whom it does not know, and who changed since they were stored', () => {
  const [one, other] = [directoryUser(), directoryUser()]
  const stored = createStoredPeople()
  stored.add(people(one))
  const changed = { ...one, jobTitle: 'Adviser' }
  expect(stored.unlike(people(structuredClone(one), other))).toEqual(people(other))
  expect(stored.unlike(people(changed))).toEqual(people(changed))
  stored.add(people(changed))
  expect(stored.unlike(people(one))).toEqual(people(one))
})

it('forgets who was stored longest ago, for memory has a bound in characters', () => {
  const wordy = () => directoryUser({ jobTitle: 'x'.repeat(4_900_000) })
  const [one, two, three, four, five] = [wordy(), wordy(), wordy(), wordy(), wordy()]
  const stored = createStoredPeople()
  stored.add(people(one, two, three, four))
  stored.add(people(one))
  stored.add(people(five))
  expect(stored.unlike(people(one, two, three, four, five))).toEqual(people(two))
  expect([stored.knows(one.objectId), stored.knows(two.objectId)]).toEqual([true, false])
})
