import { expect, it } from 'vitest'
import { createStoredPeople } from './stored-people.ts'
import { directoryUser } from './test-run.ts'

/** What is known of these people, one after the other. */
const claimsOf = (isBeginning: boolean) => {
  const stored = createStoredPeople(isBeginning)
  return (...people: ReturnType<typeof directoryUser>[]) =>
    people.map((person) => stored.claim(person.objectId, person))
}

it('tells those whom it does not know from those who are stored as they are, and from those who changed', () => {
  const [one, other] = [directoryUser(), directoryUser()]
  const changed = { ...one, jobTitle: 'Adviser', altered: ['jobTitle'] }
  const claims = claimsOf(true)
  expect(claims(one, structuredClone(one), other)).toEqual(['new', 'stored', 'new'])
  expect(claims(changed, structuredClone(changed))).toEqual(['unsure', 'stored'])
  expect(claims({ ...changed, altered: ['mail'] }, one, one)).toEqual(['unsure', 'unsure', 'stored'])
})

it('tells a record that became unreadable, and one that became readable again', () => {
  const person = directoryUser()
  const { objectId, displayName } = person
  const stored = createStoredPeople(true)
  const broken = { objectId, displayName, invalid: 'Microsoft sent this person without a userPrincipalName.' }
  const records = [person, broken, { ...broken }, { ...broken, invalid: 'Another reason.' }, person]
  expect(records.map((record) => stored.claim(objectId, record))).toEqual([
    'new',
    'unsure',
    'stored',
    'unsure',
    'unsure',
  ])
})

it('calls nobody new where somebody was stored before it began', () => {
  expect(claimsOf(false)(directoryUser())).toEqual(['unsure'])
})

it('forgets who was stored longest ago, for memory has a bound, and calls nobody new from then on', () => {
  const wordy = () => directoryUser({ jobTitle: 'x'.repeat(7_400_000) })
  const [one, two, three, four, five] = [wordy(), wordy(), wordy(), wordy(), wordy()]
  const claims = claimsOf(true)
  expect(claims(one, two, three, four)).toEqual(['new', 'new', 'new', 'new'])
  expect(claims({ ...one, jobTitle: 'Adviser' }, one)).toEqual(['unsure', 'unsure'])
  expect(claims(five)).toEqual(['new'])
  expect(claims(one, three, four, five)).toEqual(['stored', 'stored', 'stored', 'stored'])
  expect(claims(two, directoryUser())).toEqual(['unsure', 'unsure'])
})
