import { expect, test } from 'vitest'
import { html } from './html.ts'

test('text is escaped, wherever it stands', () => {
  const name = `"><script>alert('&')</script>`
  expect(html`<p title="${name}">${name}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>',
  )
})

test('markup stays, lists are joined, absent parts leave nothing, zero is a number', () => {
  expect(html`${[1, 2].map((n) => html`<li>${n}</li>`)}${undefined}${false}${0}`.markup).toBe(
    '<li>1</li><li>2</li>0',
  )
})

test('a backslash in the markup is kept from the parser, not from the text', () => {
  expect(html`<p>${'a\\n'}</p>`.markup).toBe('<p>a\\n</p>')
})
