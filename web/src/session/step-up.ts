import { useSyncExternalStore } from 'react'

type Asked = { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void }

/** The one touch that is being asked for; whatever needs one meanwhile waits for the same. */
let asked: Asked | null = null
const listeners = new Set<() => void>()

/** Whoever was asked for a touch closed the dialog. */
export class StepUpDeclined extends Error {
  override name = 'StepUpDeclined'
}

/**
 * Asks the person at the screen to touch their passkey, in the dialog of step-up-dialog.tsx.
 * @throws {StepUpDeclined} where they close it instead
 */
export function askStepUp(): Promise<void> {
  if (asked === null) show(Promise.withResolvers<void>())
  return asked!.promise
}

/** Ends the asking: with a fresh touch, or without one. */
export function answerStepUp(touched: boolean): void {
  if (touched) asked?.resolve()
  else asked?.reject(new StepUpDeclined('No passkey was touched.'))
  show(null)
}

/** Whether a touch is asked for. */
export const useStepUpAsked = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked !== null,
  )

function show(next: Asked | null) {
  asked = next
  for (const listener of listeners) listener()
}
