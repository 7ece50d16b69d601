import { randomInt } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { html } from '../html.ts'
import { sendPage } from '../page.ts'
import type { AppRegistration } from '../world.ts'
import { malformedRequest, noReplyAddress, replyAddressMismatch } from './aadsts.ts'
import type { Parameters } from './parameters.ts'

/** Where the browser is sent back to, once that address is known to be the app's. */
export interface ReplyAddress {
  redirectUri: string
  state: string | undefined
  mode: 'query' | 'fragment' | 'form_post'
}

/** Reads the reply address of a request. What it throws must be shown, never sent to the address. */
export function readReplyAddress(app: AppRegistration, parameters: Parameters): ReplyAddress {
  const { redirect_uri: asked, response_mode: mode = 'query', state } = parameters
  if (app.redirectUris.length === 0) throw noReplyAddress()
  if (asked !== undefined && !app.redirectUris.includes(asked)) throw replyAddressMismatch(asked, app)
  if (mode !== 'query' && mode !== 'fragment' && mode !== 'form_post') {
    throw malformedRequest(`The response_mode '${mode}' is not supported.`)
  }
  // Microsoft picks one at random, so that nobody can rely on the parameter being optional: facts A2.
  const redirectUri = asked ?? app.redirectUris[randomInt(app.redirectUris.length)]!
  return { redirectUri, state, mode }
}

/** Sends the browser back with these parameters and the state. */
export function sendBack(
  reply: FastifyReply,
  to: ReplyAddress,
  given: Record<string, string | undefined>,
): FastifyReply {
  const parameters = Object.entries({ ...given, state: to.state }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  if (to.mode === 'form_post') return sendForm(reply, to.redirectUri, parameters)
  const url = new URL(to.redirectUri)
  if (to.mode === 'fragment') url.hash = new URLSearchParams(parameters).toString()
  else for (const [name, value] of parameters) url.searchParams.append(name, value)
  return reply.header('cache-control', 'no-store').redirect(url.href, 302)
}

function sendForm(reply: FastifyReply, action: string, parameters: [string, string][]): FastifyReply {
  return sendPage(reply, {
    title: 'Working…',
    body: html`<h1>Signed in</h1>
<form method="post" action="${action}">
${parameters.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<button class="main">Continue</button>
</form>
<script>document.forms[0].submit()</script>`,
  })
}
