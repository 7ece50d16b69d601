/** What a person does on a page of Microsoft: whom to sign in as, what to press. */
export interface Visit {
  /** Part of the account's name in the picker. */
  account?: string
  decision?: 'accept' | 'cancel'
}

/**
 * A browser at Microsoft: keeps cookies, follows redirects and fills in forms until it is sent elsewhere; answers that
 * address. Throws with the page's text where a page has no form.
 */
export async function visitMicrosoft(
  start: string,
  { account = 'MOD', decision = 'accept' }: Visit = {},
): Promise<string> {
  const origin = new URL(start).origin
  const cookies = new Map<string, string>()
  let url = start
  let form: URLSearchParams | null = null
  for (let step = 0; step < 20; step += 1) {
    if (new URL(url).origin !== origin) return url
    const response: Response = await fetch(url, {
      method: form === null ? 'GET' : 'POST',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      body: form,
      redirect: 'manual',
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) {
      url = new URL(location, url).href
      form = null
      continue
    }
    const page = await response.text()
    url = new URL(unescapeHtml(match(page, /<form method="post" action="([^"]*)"/)), url).href
    form = page.includes('name="account"') ? pickAccount(page, account) : press(page, decision)
  }
  throw new Error(`Microsoft never sent the browser back: ${url}`)
}

function pickAccount(page: string, account: string): URLSearchParams {
  const button = [...page.matchAll(/<button name="account" value="([^"]*)"[^>]*>([^<]*)</g)].find(
    ([, , label]) => label?.includes(account),
  )
  return new URLSearchParams({
    return: unescapeHtml(match(page, /name="return" value="([^"]*)"/)),
    account: unescapeHtml(button?.[1] ?? ''),
  })
}

/** Where a page has no such button, as when an admin is needed, the only one there is. */
function press(page: string, decision: string): URLSearchParams {
  return new URLSearchParams({ decision: page.includes(`value="${decision}"`) ? decision : 'cancel' })
}

function match(page: string, pattern: RegExp): string {
  const found = pattern.exec(page)?.[1]
  if (found === undefined)
    throw new Error(`Not a page with a form: ${page.replace(/<[^>]*>/g, ' ').slice(0, 500)}`)
  return found
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
