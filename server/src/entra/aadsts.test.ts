import { describe, expect, it } from 'vitest'
import { signInFault } from './aadsts.ts'

/** Every number of Microsoft's table that the panel may meet. */
const known = [
  7000215, 7000222, 7000216, 7000218, 700016, 7000229, 7000112, 90002, 90038, 700027, 700030, 700024, 70021,
  50194, 9001023, 50011, 500113, 900971, 65001, 65004, 90094, 90095, 90008, 650056, 50126, 50076, 50079,
  50074, 53003, 50020, 54005, 501481, 70011, 50196, 90055, 50033, 90033, 90024,
]

describe('a failed sign-in', () => {
  it('has a sentence of its own for every number', () => {
    const findings = known.map((number) => signInFault('server_error', [number], '').finding)
    expect(new Set(findings).size).toBe(known.length)
  })

  it('has a remedy, or is tried again', () => {
    for (const number of known) {
      const { remedy, retryable } = signInFault('invalid_client', [number], '')
      expect([number, remedy !== null || retryable === true]).toEqual([number, true])
    }
  })

  it('is told by the body’s codes before its text', () => {
    expect(
      signInFault('invalid_client', [7000222], 'AADSTS7000215: Invalid client secret provided.'),
    ).toMatchObject({
      code: 'secret_expired',
      graphCode: 'AADSTS7000222',
    })
  })

  it('is told by the number that a redirect’s description begins with', () => {
    const description =
      'AADSTS65004: The resource owner or authorization server denied the request.\r\nTrace ID: 0'
    expect(signInFault('consent_required', [], description)).toMatchObject({
      code: 'consent_declined',
      graphCode: 'AADSTS65004',
    })
  })

  it.each([
    ['access_denied', 'consent_declined'],
    ['permission_denied', 'consent_declined'],
    ['consent_required', 'consent_missing'],
    ['temporarily_unavailable', 'microsoft_failed'],
    ['something_new', 'sign_in_failed'],
    ['constructor', 'sign_in_failed'],
  ])('falls back to the OAuth error %s where the number is unknown', (error, code) => {
    expect(signInFault(error, [123456789], '')).toMatchObject({ code, graphCode: 'AADSTS123456789' })
    expect(signInFault(error, [], 'Something else')).toMatchObject({ code, graphCode: error })
  })
})
