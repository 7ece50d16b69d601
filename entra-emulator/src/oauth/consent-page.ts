import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../html.ts'
import { sendPage } from '../page.ts'
import type { AppRegistration } from '../world.ts'
import { describePermission } from './consent.ts'
import type { Parameters } from './parameters.ts'
import { type Visitor, withOtherAccount } from './sign-in.ts'

/** What was pressed on a consent page; undefined when the page has yet to be shown. */
export type Decision = 'accept' | 'cancel' | undefined

export function readDecision(form: Parameters): Decision {
  return form.decision === 'accept' || form.decision === 'cancel' ? form.decision : undefined
}

/** Asks the person to accept these permissions, for themselves or for everybody in their organization. */
export function sendConsentPage(
  request: FastifyRequest,
  reply: FastifyReply,
  to: { app: AppRegistration; visitor: Visitor; permissions: string[]; forOrganization: boolean },
): FastifyReply {
  const { visitor } = to
  return sendPage(reply, {
    title: 'Permissions requested',
    body: html`<p class="quiet">${visitor.user.userPrincipalName}</p>
<h1>Permissions requested</h1>
<p>${
      to.forOrganization
        ? html`Review for your organization, <strong>${visitor.tenant.displayName}</strong>.`
        : html`Signed in as ${visitor.user.displayName}.`
    }</p>
<p><strong>${to.app.displayName}</strong> would like to:</p>
<ul class="plain">${to.permissions.map(
      (permission) =>
        html`<li>${describePermission(permission)}<span class="quiet">${permission}</span></li>`,
    )}</ul>
${
  to.forOrganization &&
  html`<p class="quiet">If you accept, this app gets access to the specified resources for all users in your organization. No one else will be prompted to review these permissions.</p>`
}
<form method="post" action="${request.url}" class="buttons">
<button class="main" name="decision" value="accept">Accept</button>
<button name="decision" value="cancel">Cancel</button>
</form>
<p><a href="${withOtherAccount(request)}">Use another account</a></p>`,
  })
}

/** Tells someone who is no administrator that only an administrator can do this. */
export function sendAdminNeededPage(
  request: FastifyRequest,
  reply: FastifyReply,
  to: { app: AppRegistration; visitor: Visitor },
): FastifyReply {
  return sendPage(reply, {
    title: 'Need admin approval',
    body: html`<p class="quiet">${to.visitor.user.userPrincipalName}</p>
<h1>Need admin approval</h1>
<p><strong>${to.app.displayName}</strong> needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p class="quiet">AADSTS90094</p>
<p><a href="${withOtherAccount(request)}">Have an admin account? Sign in with that account</a></p>
<form method="post" action="${request.url}" class="buttons">
<button name="decision" value="cancel">Return to the application without granting consent</button>
</form>`,
  })
}
