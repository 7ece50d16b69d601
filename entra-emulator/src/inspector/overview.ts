import { isDeepStrictEqual } from 'node:util'
import type { ListedFault } from '../faults.ts'
import { type Html, html } from '../html.ts'
import { describePermission } from '../oauth/consent.ts'
import type { LoggedRequest } from '../request-log.ts'
import type { AppRegistration, Tenant, World } from '../world.ts'
import { FAULT_PRESETS } from './fault-presets.ts'

const SHOWN_REQUESTS = 200

/** The inspector's one page. */
export function overview(world: World): Html {
  return html`<h1>Local Entra emulator</h1>
<p class="quiet">${world.origin} · login and Microsoft Graph v1.0 in one place</p>
${world.tenants.map((tenant) => tenantPart(world, tenant))}
${world.apps.map(registrationPart)}
${faultsPart(world)}
${requestsPart(world)}`
}

function tenantPart(world: World, tenant: Tenant): Html {
  return html`<h2>Tenant ${tenant.displayName}</h2>
<div class="scroll" tabindex="0"><table>
<tr><th scope="row">Tenant id</th><td>${tenant.id}</td></tr>
<tr><th scope="row">Domains</th><td>${tenant.verifiedDomains.map(({ name }) => name).join(', ')}</td></tr>
<tr><th scope="row">Users</th><td>${count(tenant.directory.userCount)}</td></tr>
<tr><th scope="row">Groups</th><td>${count(tenant.directory.groupCount)}</td></tr>
${world.apps.map(
  (app) => html`<tr><th scope="row">Consent to ${app.displayName}</th><td>${consent(tenant, app)}</td></tr>`,
)}
</table></div>`
}

function consent(tenant: Tenant, app: AppRegistration): Html {
  const principal = tenant.servicePrincipals.get(app.clientId)
  const granted = [...(principal?.granted ?? [])]
  const state = !principal ? 'no service principal' : principal.enabled ? 'enabled' : 'blocked by an admin'
  return html`${granted.length > 0 ? granted.join(', ') : 'Nothing granted'} · ${state}
<form method="post" action="/_emulator/consent" class="buttons">
<input type="hidden" name="tenantId" value="${tenant.id}">
<input type="hidden" name="clientId" value="${app.clientId}">
<button name="deed" value="grant">Grant consent in ${tenant.displayName}</button>
<button name="deed" value="revoke">Revoke consent in ${tenant.displayName}</button>
</form>`
}

function registrationPart(app: AppRegistration): Html {
  return html`<h2>App registration ${app.displayName}</h2>
<div class="scroll" tabindex="0"><table>
<tr><th scope="row">Client id</th><td>${app.clientId}</td></tr>
<tr><th scope="row">Accounts</th><td>${app.multiTenant ? 'any organization' : 'its own tenant only'}</td></tr>
<tr><th scope="row">Secrets</th><td>${app.secrets.map(
    ({ value, expiresAt }) => html`${value}, expires ${expiresAt.toISOString()}<br>`,
  )}</td></tr>
<tr><th scope="row">Certificates</th><td>${app.certificates.map(
    ({ thumbprintSha256 }) => html`${thumbprintSha256}<br>`,
  )}</td></tr>
<tr><th scope="row">Redirect URIs</th><td>${app.redirectUris.map((uri) => html`${uri}<br>`)}</td></tr>
<tr><th scope="row">Permissions</th><td>${app.permissions.map(
    (permission) => html`${permission}: ${describePermission(permission)}<br>`,
  )}</td></tr>
</table></div>`
}

function faultsPart(world: World): Html {
  const listed = world.faults.list()
  const idle = FAULT_PRESETS.filter(({ fault }) => !listed.some((one) => isDeepStrictEqual(one.fault, fault)))
  return html`<h2 id="faults">Faults</h2>
<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col">Fault</th><th scope="col">State</th><th scope="col">Change</th></tr></thead>
<tbody>${listed.map(listedFault)}${idle.map(
    ({ name }) => html`<tr><td>${name}</td><td class="quiet">off</td><td>
<form method="post" action="/_emulator/faults"><button name="preset" value="${name}" aria-label="Turn on: ${name}">Turn on</button></form>
</td></tr>`,
  )}</tbody>
</table></div>`
}

function listedFault({ id, fault, enabled, fired }: ListedFault): Html {
  const preset = FAULT_PRESETS.find((preset) => isDeepStrictEqual(preset.fault, fault))
  const name = preset?.name ?? JSON.stringify(fault)
  const [deed, label] = preset
    ? ['remove', 'Turn off']
    : enabled
      ? ['disable', 'Turn off']
      : ['enable', 'Turn on']
  return html`<tr><td class="long">${name}</td><td>${enabled ? 'on' : 'off'}, fired ${count(fired)} times</td><td>
<form method="post" action="/_emulator/faults">
<input type="hidden" name="id" value="${id}">
<button name="deed" value="${deed}" aria-label="${label}: ${name}">${label}</button>
</form></td></tr>`
}

function requestsPart(world: World): Html {
  const requests = world.requests.list()
  const cost = requests.reduce((sum, request) => sum + request.cost, 0)
  return html`<h2 id="requests">Requests</h2>
<p>${count(world.requests.count())} received, ${count(cost)} resource units${
    requests.length > SHOWN_REQUESTS && ` · the latest ${SHOWN_REQUESTS} are shown`
  }</p>
<form method="post" action="/_emulator/requests/clear"><button>Clear the list</button></form>
<div class="scroll" tabindex="0"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Request</th><th scope="col">Status</th><th scope="col">Cost</th></tr></thead>
<tbody>${requests.slice(-SHOWN_REQUESTS).toReversed().map(requestRow)}</tbody>
</table></div>`
}

function requestRow({ at, method, path, query, status, cost, parts }: LoggedRequest): Html {
  return html`<tr>
<td>${at.toISOString().slice(11, 23)}</td>
<td class="long">${method} ${path}${query && `?${query}`}${parts && ` · batch of ${parts.length}`}</td>
<td>${status === 0 ? 'no answer' : status}</td>
<td>${cost}</td>
</tr>`
}

function count(value: number): string {
  return value.toLocaleString('en')
}
