import { expect, it } from 'vitest'
import { createStoredPeople, type People } from './stored-people.ts'
import { directoryUser } from './test-run.ts'

const people = (...users: ReturnType<typeof directoryUser>[]): People =>
  new Map(users.map((user) => [user.objectId, user]))

it('lets those be written whom it does not know, and who changed since they were', () => {
  const [one, other] = [directoryUser(), directoryUser()]
  const changed = { ...one, jobTitle: 'Adviser' }
  const stored = createStoredPeople()
  expect(stored.claim(people(one))).toEqual(people(one))
  expect(stored.claim(people(structuredClone(one), other))).toEqual(people(other))
  expect(stored.claim(people(changed))).toEqual(people(changed))
  expect(stored.claim(people(changed))).toEqual(people())
  expect(stored.claim(people(one))).toEqual(people(one))
})

it('forgets who was stored longest ago, for memory has a bound in characters', () => {
  const wordy = () => directoryUser({ jobTitle: 'x'.repeat(4_900_000) })
  const [one, two, three, four, five] = [wordy(), wordy(), wordy(), wordy(), wordy()]
  const stored = createStoredPeople()
  stored.claim(people(one, two, three, four))
  stored.claim(people({ ...one, jobTitle: 'Adviser' }))
  stored.claim(people(one))
  stored.claim(people(five))
  expect(stored.claim(people(one, three, four, five))).toEqual(people())
  expect(stored.claim(people(two))).toEqual(people(two))
})
