import { z } from 'zod'

/** The parts of an OpenAPI document that the page shows. */
const content = z.record(z.string(), z.object({ schema: z.unknown() })).optional()
const operation = z.object({
  summary: z.string().default(''),
  tags: z.array(z.string()).default(['Other']),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        schema: z.unknown(),
        description: z.string().default(''),
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().default(''), content })).default({}),
})
const apiDocument = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string().default('') }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
})
type Operation = z.infer<typeof operation> & { method: string; path: string }

/** Renders an OpenAPI document as a page that needs no script; `nonce` is what the answer's policy knows its style by. */
export function renderApiPage(document: unknown, nonce: string): string {
  const { info, paths } = apiDocument.parse(document)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ ...each, method: method.toUpperCase(), path })),
  )
  const byTag = Object.entries(Object.groupBy(operations, ({ tags }) => tags[0] ?? 'Other'))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1>
<p>${escapeHtml(info.description)}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a></p>
</header>
<nav aria-label="Sections"><ul>${byTag.map(([tag]) => `<li><a href="#${slug(tag)}">${escapeHtml(tag)}</a></li>`).join('')}</ul></nav>
<main>${byTag.map(([tag, group]) => renderTag(tag, group ?? [])).join('')}</main>
</body>
</html>
`
}

function renderTag(tag: string, operations: Operation[]): string {
  return `<section id="${slug(tag)}"><h2>${escapeHtml(tag)}</h2>${operations.map(renderOperation).join('')}</section>`
}

function renderOperation({ method, path, summary, parameters, requestBody, responses }: Operation): string {
  return `<article>
<h3><code>${method} ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(summary)}</p>
${renderParameters(parameters)}
${requestBody ? renderContent('Body', requestBody.content) : ''}
${Object.entries(responses)
  .map(([status, response]) => renderContent(`Answer ${status}`, response.content))
  .join('')}
</article>`
}

function renderParameters(parameters: Operation['parameters']): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map(
    (each) =>
      `<tr><td><code>${escapeHtml(each.name)}</code></td><td>${escapeHtml(each.in)}</td><td>${each.required ? 'required' : 'optional'}</td><td><code>${escapeHtml(JSON.stringify(each.schema))}</code></td></tr>`,
  )
  return `<table><thead><tr><th>Parameter</th><th>In</th><th>Needed</th><th>Schema</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function renderContent(
  title: string,
  content: z.infer<typeof operation>['responses'][string]['content'],
): string {
  const schemas = Object.entries(content ?? {})
  if (schemas.length === 0) return `<p>${escapeHtml(title)}: no content</p>`
  return schemas
    .map(
      ([type, { schema }]) =>
        `<details><summary>${escapeHtml(title)}, ${escapeHtml(type)}</summary><pre tabindex="0">${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`,
    )
    .join('')
}

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-')

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #121212); }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
a { color: light-dark(#0b6065, #76c3c5); }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: 0; list-style: none; }
article { border-top: 1px solid #8888; padding: .5rem 0 1rem; }
h3 { margin: .5rem 0 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
summary { padding: .25rem 0; cursor: pointer; }
pre { overflow: auto; max-height: 30rem; padding: .75rem; border: 1px solid #8888; }
`
