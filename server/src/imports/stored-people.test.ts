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

it('knows nobody any more once somebody may be gone', () => {
  const one = directoryUser()
  const stored = createStoredPeople()
  stored.add(people(one))
  stored.clear()
  expect(stored.unlike(people(one))).toEqual(people(one))
})

it('forgets who was stored longest ago, for memory has a bound', () => {
  const users = Array.from({ length: 50_002 }, () => directoryUser())
  const stored = createStoredPeople()
  stored.add(people(...users.slice(0, 50_000)))
  stored.add(people(users[0]!))
  stored.add(people(...users.slice(50_000)))
  expect(stored.unlike(people(users[0]!, users[1]!, users[2]!, users[3]!))).toEqual(
    people(users[1]!, users[2]!),
  )
})
