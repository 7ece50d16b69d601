/** A page or an answer as a browser without scripts holds it. */
interface Visit {
  url: string
  status: number
  /** Where a redirect to another origin would lead; the browser stops there. */
  location: URL | undefined
  text: string
}

/** A browser for tests: keeps cookies, follows redirects within one origin, presses buttons by their label. */
export interface TestBrowser {
  visit(url: string): Promise<Visit>
  /** Presses a button of the page visited last; throws if there is none of that label. */
  press(label: string): Promise<Visit>
  /** Follows a link of the page visited last. */
  follow(label: string): Promise<Visit>
}

export function openBrowser(origin: string): TestBrowser {
  let cookie = ''
  let page: Visit

  async function load(url: string, init: RequestInit = {}): Promise<Visit> {
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    const to = response.headers.get('location')
    const location = to ? new URL(to, origin) : undefined
    if (location?.origin === origin) return load(location.href)
    page = { url, status: response.status, location, text: await response.text() }
    return page
  }

  return {
    visit: (url) => load(url),
    press(label) {
      const form = formWithButton(page.text, label)
      return load(new URL(form.action, page.url).href, { method: 'POST', body: form.fields })
    },
    follow(label) {
      const href = page.text.match(new RegExp(`<a href="([^"]*)">${label}</a>`))?.[1]
      if (!href) throw new Error(`no link '${label}' on ${page.url}`)
      return load(new URL(decodeEntities(href), page.url).href)
    },
  }
}

function formWithButton(text: string, label: string): { action: string; fields: URLSearchParams } {
  for (const [form] of text.matchAll(/<form.*?<\/form>/gs)) {
    const button = form.match(new RegExp(`<button([^>]*)>${label}</button>`))?.[1]
    if (button === undefined) continue
    const fields = new URLSearchParams()
    for (const [input] of form.matchAll(/<input type="hidden"[^>]*>/g)) {
      fields.append(attribute(input, 'name'), attribute(input, 'value'))
    }
    if (button.includes('name=')) fields.append(attribute(button, 'name'), attribute(button, 'value'))
    return { action: attribute(form, 'action'), fields }
  }
  throw new Error(`no button '${label}' in: ${text}`)
}

function attribute(tag: string, name: string): string {
  return decodeEntities(tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1] ?? '')
}

function decodeEntities(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
