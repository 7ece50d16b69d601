import { setTimeout as sleep } from 'node:timers/promises'
import { type ProblemCode, problem } from '@keyroster/api/problem.ts'
import type { z } from 'zod'
import { StartRefusal } from '../start-refusal.ts'

/** A panel somewhere, asked through its API with a token. */
export interface RemotePanel {
  url: string
  /**
   * Asks once, and again while the panel restarts; what is asked must be safe to ask twice. Throws PanelRefusal with what
   * the panel says, or that none answers.
   */
  ask<Schema extends z.ZodType>(
    schema: Schema,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>>
}

/** What the panel refused, in a sentence; `code` is null where nothing that could say one answered. */
export class PanelRefusal extends StartRefusal {
  readonly code: ProblemCode | null

  constructor(message: string, code: ProblemCode | null, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** How long a panel that answered before may be away, in milliseconds: a restart with a migration fits. */
const PATIENCE = 10 * 60_000

/** Milliseconds between two tries; the longest between later ones. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 5_000]

/** How long one answer may take, in milliseconds. */
const ANSWER_LIMIT = 30_000

/** `say` hears that the panel is away, and that it is back; `leave` gives up waiting. */
export function openPanel(
  { url, token }: { url: string; token: string },
  { say, leave }: { say: (line: string) => void; leave: AbortSignal },
): RemotePanel {
  let answeredBefore = false

  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const deadline = Date.now() + PATIENCE
    for (let tries = 0; ; tries++) {
      const answer = await send(url, token, method, path, body)
      if (!isAway(answer, method)) {
        if (tries > 0) say('The panel answers again.')
        answeredBefore = true
        return await read(url, schema, answer)
      }
      if (!answeredBefore) throw nobodyThere(url, answer)
      if (tries === 0) say('The panel does not answer. Waiting for it to come back.')
      const wait = Math.min(FIRST_WAIT * 2 ** tries, LONGEST_WAIT)
      await sleep(wait, undefined, { signal: leave }).catch(() => {})
      if (leave.aborted || Date.now() > deadline) {
        throw new PanelRefusal(
          `The panel at ${url} does not answer. An import under way goes on with it.`,
          null,
        )
      }
    }
  }
  return { url, ask }
}

/** The answer, or why there was none. */
async function send(
  url: string,
  token: string,
  method: string,
  path: string,
  body: unknown,
): Promise<Response | Error> {
  try {
    return await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // Whoever is redirected to would be sent the token.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_LIMIT),
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Whether it may answer in a moment: it restarts, its proxy waits for it, its database is away, or it was asked too often. */
function isAway(answer: Response | Error, method: string): answer is Error | Response {
  return answer instanceof Error || answer.status >= 500 || (answer.status === 429 && method === 'GET')
}

async function read<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  answer: Response | Error,
): Promise<z.output<Schema>> {
  if (answer instanceof Error) throw nobodyThere(url, answer)
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok) {
    const expected = schema.safeParse(body)
    if (expected.success) return expected.data
    throw new PanelRefusal(`What answers at ${url} is no panel of this version.`, null, expected.error)
  }
  const refused = problem.safeParse(body)
  if (!refused.success) throw new PanelRefusal(`What answers at ${url} is no panel.`, null)
  const { code, detail, link } = refused.data
  if (code === 'not_signed_in') {
    throw new PanelRefusal(
      'The panel does not accept this API token: it is mistyped, revoked or expired, or its admin is disabled. List those that live with: keyroster token list',
      code,
    )
  }
  throw new PanelRefusal(link ? `${detail} ${url}${link}` : detail, code)
}

function nobodyThere(url: string, answer: Response | Error): PanelRefusal {
  const reason = answer instanceof Error ? reasonOf(answer) : `status ${answer.status}`
  return new PanelRefusal(
    `No panel answers at ${url} (${reason}). Start it, or say where it is in KEYROSTER_URL.`,
    null,
    answer instanceof Error ? answer : undefined,
  )
}

/** fetch says "fetch failed", and the reason is its cause: https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md */
function reasonOf(error: Error): string {
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}
