import { malformedRequest, missingParameter } from './aadsts.ts'

/** Query or form parameters, each given once. */
export type Parameters = Record<string, string | undefined>

/** Refuses a parameter given twice: which one would hold is nobody's guess (RFC 6749, section 3.1). */
export function readParameters(given: unknown): Parameters {
  const parameters: Parameters = {}
  for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
    if (typeof value !== 'string') throw malformedRequest(`The parameter '${name}' is given more than once.`)
    if (value !== '') parameters[name] = value
  }
  return parameters
}

export function required(parameters: Parameters, name: string): string {
  const value = parameters[name]
  if (value === undefined) throw missingParameter(name)
  return value
}
