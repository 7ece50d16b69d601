import { useState } from 'react'
import type { z } from 'zod'
import { type FieldError, problemOf } from './problem.tsx'

/** What to say of a field, by its name, instead of what its schema says. */
export type FieldWords = Record<string, string>

/** What a form must mend, and `check`, which gives the values as the contract takes them, or null where it found something. */
export type FormErrors<T> = { errors: FieldError[]; check: (values: unknown) => T | null }

/** Finds what is wrong with a form by its contract's schema before it is sent, else shows what the server `refused`. */
export function useFormErrors<T>(
  schema: z.ZodType<T>,
  refused: unknown,
  words: FieldWords = {},
): FormErrors<T> {
  const [found, setFound] = useState<FieldError[]>([])
  const check = (values: unknown) => {
    const parsed = schema.safeParse(values)
    setFound(parsed.success ? [] : fieldErrorsIn(parsed.error, words))
    return parsed.success ? parsed.data : null
  }
  return { errors: found.length > 0 ? found : (problemOf(refused)?.fields ?? []), check }
}

/** One error for each field that is wrong, in the order of the schema. */
export function fieldErrorsIn(error: z.ZodError, words: FieldWords): FieldError[] {
  const messages = new Map<string, string>()
  for (const { path, message } of error.issues) {
    const field = path.join('.')
    if (!messages.has(field)) messages.set(field, words[field] ?? message)
  }
  return Array.from(messages, ([field, message]) => ({ field, message }))
}
