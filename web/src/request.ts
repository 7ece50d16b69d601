import { type Problem, problem } from '@keyroster/api/problem.ts'
import type { z } from 'zod'
import { askStepUp, StepUpDeclined } from './session/step-up.ts'

/** The server refused, with a reason that a person can act on. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

type Query = Record<string, string | number | boolean | undefined>

export type RequestOptions = {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  query?: Query
  /** Sent as JSON. */
  body?: unknown
  signal?: AbortSignal | undefined
}

/**
 * Asks the panel's server and returns the answer parsed by `schema`. Where the server wants a fresh touch of a passkey
 * first, the person is asked for it and the request is sent once more.
 * @param path such as `/api/users`
 * @throws {RequestError} where the server answers with a problem, or cannot be reached
 */
export async function request<T extends z.ZodType>(schema: T, path: string, options: RequestOptions = {}) {
  const response = await send(path, options)
  return schema.parse(await response.json()) as z.infer<T>
}

/** Like `request`, for changes that are answered without content. */
export async function requestNothing(path: string, options: RequestOptions) {
  await send(path, options)
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  try {
    return await sendOnce(path, options)
  } catch (error) {
    if (!(error instanceof RequestError) || error.problem.code !== 'step_up_needed') throw error
    // Whoever closes the dialog reads why nothing was done, in the words of the refusal.
    await askStepUp().catch((declined) => {
      throw declined instanceof StepUpDeclined ? error : declined
    })
    return sendOnce(path, options)
  }
}

async function sendOnce(path: string, { method = 'GET', query, body, signal }: RequestOptions) {
  const headers = new Headers({ accept: 'application/json' })
  // A custom header cannot be sent across origins without our consent, so it proves the change came from the panel.
  if (method !== 'GET') headers.set('x-keyroster', '1')
  if (body !== undefined) headers.set('content-type', 'application/json')
  const payload = body === undefined ? undefined : JSON.stringify(body)
  let response: Response
  try {
    response = await fetch(path + queryString(query), {
      method,
      headers,
      body: payload ?? null,
      signal: signal ?? null,
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new RequestError(unanswered(0, 'The panel cannot be reached. Check your network, then try again.'))
  }
  if (!response.ok) throw new RequestError(await readProblem(response))
  return response
}

async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const parsed = problem.safeParse(body)
  if (parsed.success) return parsed.data
  return unanswered(
    response.status,
    `The panel answered with status ${response.status}. Try again in a moment.`,
  )
}

const unanswered = (status: number, detail: string): Problem => ({
  type: 'about:blank',
  title: 'No answer from the panel',
  status,
  code: 'internal_error',
  detail,
  requestId: '',
})

function queryString(query: Query = {}) {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value))
  }
  return params.size > 0 ? `?${params}` : ''
}
