import type { FastifySchemaValidationError } from 'fastify'
import type { ProblemField } from '../problem.ts'

/** What zod found, as one field and one sentence each; an unknown key is named like a wrong one. */
export function problemFields(issues: readonly FastifySchemaValidationError[]): ProblemField[] {
  return issues.flatMap((issue) => {
    const path = issue.instancePath.split('/').filter((part) => part !== '')
    if (issue.keyword === 'unrecognized_keys') {
      return unknownKeys(issue).map((key) => ({
        field: [...path, key].join('.'),
        message: 'There is no such field.',
      }))
    }
    return [{ field: path.join('.'), message: sentence(issue) }]
  })
}

function unknownKeys(issue: FastifySchemaValidationError): string[] {
  const keys = issue.params.keys
  return Array.isArray(keys) ? keys.map(String) : []
}

function sentence(issue: FastifySchemaValidationError): string {
  const message = issue.message ?? 'This value is not accepted.'
  return message.endsWith('received undefined') ? 'This value is missing.' : message
}
