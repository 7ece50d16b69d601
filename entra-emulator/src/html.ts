/** Markup that is safe to send; made by the `html` tag alone. */
export interface Html {
  readonly markup: string
}

type Interpolated = Html | string | number | undefined | false | readonly Interpolated[]

/** Builds markup; whatever is interpolated is escaped unless it is markup itself, and lists are joined. */
export function html(strings: TemplateStringsArray, ...values: Interpolated[]): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(render)) }
}

function render(value: Interpolated): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'markup' in value ? value.markup : value.map(render).join('')
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
