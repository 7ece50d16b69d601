import { ProblemError } from '../problem.ts'

/** `id` is the connection that the tenant already has here. */
export function alreadyConnected(id: string): ProblemError {
  return new ProblemError(
    'connection_already_exists',
    'This tenant is already connected. Use that connection.',
    {
      link: `/connections/${id}`,
    },
  )
}
