import { type Passkey, passkey, passkeyList, session, webauthnOptions } from '@keyroster/api/session.ts'
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { request, requestNothing } from '../request.ts'
import { keepSession, sessionKey } from './session.ts'

const passkeysKey = ['passkeys'] as const

export const passkeysQuery = queryOptions({
  queryKey: passkeysKey,
  queryFn: ({ signal }) => request(passkeyList, '/api/passkeys', { signal }),
})

/** Asks the browser for a passkey and signs in with it. */
export const useSignInByPasskey = () => useTouch('/api/session/passkey')

/** Asks the browser for a passkey of whoever is signed in, and renews the session by it. */
export const useStepUp = () => useTouch('/api/session/step-up')

/** The panel's question is at `url`/options, and the browser's answer to it goes to `url`. */
function useTouch(url: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await request(webauthnOptions, `${url}/options`, { method: 'POST' })
      // The contract leaves WebAuthn's own JSON open; the browser's library checks it.
      const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
      const response = await startAuthentication({ optionsJSON })
      return request(session, url, { method: 'POST', body: { ceremony, response } })
    },
    onSuccess: (touched) => keepSession(client, touched),
  })
}

/** Makes a passkey in the browser and keeps it under `name`. */
export function useAddPasskey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (name: string): Promise<Passkey> => {
      const { ceremony, options } = await request(webauthnOptions, '/api/passkeys/options', {
        method: 'POST',
      })
      const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
      const response = await startRegistration({ optionsJSON })
      return request(passkey, '/api/passkeys', { method: 'POST', body: { ceremony, name, response } })
    },
    onSuccess: () => refresh(client),
  })
}

export function useRemovePasskey(id: string, onRemoved: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing(`/api/passkeys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: async () => {
      onRemoved()
      await refresh(client)
    },
  })
}

const refresh = (client: ReturnType<typeof useQueryClient>) =>
  Promise.all([
    client.invalidateQueries({ queryKey: passkeysKey }),
    client.invalidateQueries({ queryKey: sessionKey }),
  ])

/** What a browser's refusal means to the person before it; null where the error is not the browser's. */
export function browserRefusal(error: unknown): string | null {
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') {
    return 'This device already holds a passkey for this panel. Use another device or security key.'
  }
  if (!(error instanceof Error)) return null
  if (error.name === 'NotAllowedError' || error.name === 'AbortError') {
    return 'The browser’s passkey window was closed, or it waited too long. Press the button to open it again.'
  }
  if (error.name === 'SecurityError') {
    return 'Passkeys work only on https, or on localhost. Open the panel at the address its operator gave you.'
  }
  if (error.name === 'NotSupportedError' || error.message.startsWith('WebAuthn is not supported')) {
    return 'This browser cannot use passkeys. Use a current browser.'
  }
  return null
}
