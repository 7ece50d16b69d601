import type { AppRegistration } from '../world.ts'

/**
 * A refusal of the login side, with Microsoft's number for it. Texts are those of facts A5, or of a real answer
 * where a link says so; a client may only rely on `error` and the number.
 */
export class AadstsError extends Error {
  readonly code: number
  /** The OAuth `error`. */
  readonly error: string
  /** HTTP status at the token endpoint. */
  readonly status: number
  readonly suberror: string | undefined

  constructor(
    code: number,
    error: string,
    text: string,
    options: { status?: number; suberror?: string } = {},
  ) {
    super(`AADSTS${code}: ${text}`)
    this.name = 'AadstsError'
    this.code = code
    this.error = error
    this.status = options.status ?? (error === 'invalid_client' ? 401 : 400)
    this.suberror = options.suberror
  }
}

// Requests as such

export const malformedRequest = (detail: string) =>
  new AadstsError(9002313, 'invalid_request', `Invalid request. Request is malformed or invalid. ${detail}`)

export const missingParameter = (name: string) =>
  new AadstsError(
    900144,
    'invalid_request',
    `The request body must contain the following parameter: '${name}'.`,
  )

export const unsupportedGrantType = (grantType: string) =>
  new AadstsError(
    70003,
    'unsupported_grant_type',
    `The app requested an unsupported grant type '${grantType}'.`,
  )

/** The token endpoint serves a page's script only for single-page redirect URIs, which no app here has: facts A2. */
export const crossOriginRedemption = () =>
  new AadstsError(
    9002326,
    'invalid_request',
    "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
  )

// Tenants

/** Discovery says `invalid_tenant`: https://github.com/Azure/azure-cli/issues/22145 */
export const tenantNotFound = (name: string, error: 'invalid_request' | 'invalid_tenant') =>
  new AadstsError(
    90002,
    error,
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  )

export const grantNeedsTenant = () =>
  new AadstsError(
    9001023,
    'invalid_request',
    "The grant type isn't supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.",
  )

export const singleTenantApp = (app: AppRegistration) =>
  new AadstsError(
    50194,
    'invalid_request',
    `Application '${app.clientId}'(${app.displayName}) isn't configured as a multitenant application. Usage of the /common endpoint isn't supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multitenant.`,
  )

// The app and its service principal

export const appNotFound = (clientId: string, directory: string) =>
  new AadstsError(
    700016,
    'unauthorized_client',
    `Application with identifier '${clientId}' was not found in the directory '${directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  )

/** `invalid_client`: https://github.com/Azure/azure-sdk-for-net/issues/46762 */
export const servicePrincipalMissing = (clientId: string, tenantId: string) =>
  new AadstsError(
    7000229,
    'invalid_client',
    `The client application ${clientId} is missing service principal in the tenant ${tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
  )

export const applicationDisabled = (app: AppRegistration) =>
  new AadstsError(
    7000112,
    'unauthorized_client',
    `Application '${app.clientId}'(${app.displayName}) is disabled.`,
  )

export const misconfiguredApplication = () =>
  new AadstsError(
    650056,
    'invalid_request',
    "Misconfigured application. This could be due to one of the following: the client has not listed any permissions for 'Microsoft Graph' in the requested permissions in the client's application registration.",
  )

// The app's credentials

export const credentialMissing = () =>
  new AadstsError(
    7000216,
    'invalid_client',
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  )

export const credentialMissingForCode = () =>
  new AadstsError(
    7000218,
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  )

export const wrongSecret = (app: AppRegistration) =>
  new AadstsError(
    7000215,
    'invalid_client',
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
  )

export const expiredSecret = (app: AppRegistration) =>
  new AadstsError(
    7000222,
    'invalid_client',
    `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  )

// Certificate assertions

const CERTIFICATE_DOCS =
  'Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials'

export const invalidAssertion = (reason: string) =>
  new AadstsError(50027, 'invalid_client', `JWT token is invalid or malformed. ${reason}`)

/** The reasons: https://github.com/Azure/azure-sdk-for-net/issues/29007 and azure-sdk-for-java/issues/25109 */
export const assertionSignature = (app: AppRegistration, reason: string, thumbprint: string) =>
  new AadstsError(
    700027,
    'invalid_client',
    `Client assertion contains an invalid signature. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${app.clientId}'.]`,
  )

/** With the server's clock in it: https://github.com/Azure/azure-cli/issues/28708 */
export const assertionTime = (times: { now: Date; from: Date; until: Date }) =>
  new AadstsError(
    700024,
    'invalid_client',
    `Client assertion is not within its valid time range. Current time: ${ticks(times.now)}, assertion valid from ${ticks(times.from)}, expiry time of assertion ${ticks(times.until)}. ${CERTIFICATE_DOCS}`,
  )

export const assertionAudience = () =>
  new AadstsError(
    700023,
    'invalid_client',
    `Client assertion audience claim does not match Realm issuer. ${CERTIFICATE_DOCS}`,
  )

export const assertionApp = () =>
  new AadstsError(
    700021,
    'invalid_client',
    `Client assertion application identifier doesn't match 'client_id' parameter. ${CERTIFICATE_DOCS}`,
  )

/** .NET's round-trip form, seven digits of a second. */
function ticks(date: Date): string {
  return date.toISOString().replace(/(\.\d{3})Z$/, '$10000Z')
}

// Scopes, consent and sign-in

export const invalidScope = (scope: string) =>
  new AadstsError(
    70011,
    'invalid_scope',
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  )

export const resourceNotFound = (resource: string, tenant: string) =>
  new AadstsError(
    500011,
    'invalid_resource',
    `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  )

export const consentMissing = (app: AppRegistration, error: 'invalid_grant' | 'interaction_required') =>
  new AadstsError(
    65001,
    error,
    `The user or administrator has not consented to use the application with ID '${app.clientId}' named '${app.displayName}'. Send an interactive authorization request for this user and resource.`,
    { suberror: 'consent_required' },
  )

export const consentDeclined = () =>
  new AadstsError(65004, 'access_denied', 'User declined to consent to access the app.')

/** The text of the admin consent endpoint, facts A3. */
export const adminConsentDeclined = () =>
  new AadstsError(65004, 'consent_required', 'The resource owner or authorization server denied the request.')

export const adminConsentRequired = (app: AppRegistration) =>
  new AadstsError(
    90094,
    'access_denied',
    `The grant requires admin permission. '${app.displayName}' needs permission to access resources in your organization that only an admin can grant.`,
  )

export const loginRequired = () =>
  new AadstsError(50058, 'login_required', 'A silent sign-in request was sent but no user is signed in.')

export const unsupportedResponseType = (responseType: string) =>
  new AadstsError(
    70005,
    'unsupported_response_type',
    `The app requested an unsupported response type '${responseType}'.`,
  )

export const implicitNotEnabled = (responseType: string) =>
  new AadstsError(
    700054,
    'unsupported_response_type',
    `response_type '${responseType}' is not enabled for the application.`,
  )

export const challengeSize = () =>
  new AadstsError(501491, 'invalid_request', 'Invalid size of Code_Challenge parameter.')

export const accountDisabled = () => new AadstsError(50057, 'invalid_grant', 'The user account is disabled.')

// Reply addresses: shown on a page, never redirected

export const replyAddressMismatch = (redirectUri: string, app: AppRegistration) =>
  new AadstsError(
    50011,
    'invalid_request',
    `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${app.clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.`,
  )

export const noReplyAddress = () =>
  new AadstsError(500113, 'invalid_request', 'No reply address is registered for the application.')

// Codes and refresh tokens

export const codeRedeemed = () =>
  new AadstsError(
    54005,
    'invalid_grant',
    'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  )

export const grantExpired = () =>
  new AadstsError(
    70008,
    'invalid_grant',
    'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  )

export const grantUnknown = () =>
  new AadstsError(70000, 'invalid_grant', 'Provided grant is invalid or malformed.')

export const grantOfOtherTenant = (tenantId: string) =>
  new AadstsError(
    700005,
    'invalid_grant',
    `Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /${tenantId} as appropriate).`,
  )

export const replyAddressOfCode = (given: string, expected: string) =>
  new AadstsError(
    500112,
    'invalid_client',
    `The reply address '${given}' does not match the reply address '${expected}' provided when requesting Authorization code.`,
  )

export const verifierMismatch = () =>
  new AadstsError(
    501481,
    'invalid_grant',
    'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  )
