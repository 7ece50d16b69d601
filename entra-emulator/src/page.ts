import type { FastifyReply } from 'fastify'
import { type Html, html } from './html.ts'

const STYLE: Html = html`
  :root { color-scheme: light dark; --text: #1c2430; --quiet: #55606f; --back: #f4f6f8; --card: #fff; --line: #d4dae1; --accent: #0b5c63; --on-accent: #fff; --bad: #9b1c1c; }
  @media (prefers-color-scheme: dark) {
    :root { --text: #e6eaf0; --quiet: #a3afbf; --back: #14181e; --card: #1d232b; --line: #3a4452; --accent: #6fc6cd; --on-accent: #10181b; --bad: #ff9d9d; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
  main { margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; max-width: 30rem; }
  main.wide { max-width: 70rem; margin-top: 1.5rem; }
  .banner { margin: 0; padding: .5rem 1rem; text-align: center; background: var(--accent); color: var(--on-accent); font-size: .875rem; }
  h1 { font-size: 1.375rem; margin: 0 0 .5rem; }
  h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
  .quiet { color: var(--quiet); }
  .bad { color: var(--bad); }
  ul.plain { list-style: none; padding: 0; margin: 1rem 0; }
  ul.plain li { padding: .75rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
  ul.plain span { display: block; font-size: .875rem; }
  button { font: inherit; padding: .4rem 1rem; min-height: 2.25rem; border-radius: 6px; border: 1px solid var(--line); background: transparent; color: inherit; cursor: pointer; }
  button.main { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
  button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  a { color: var(--accent); }
  .buttons { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: 1.5rem; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td.long { overflow-wrap: anywhere; min-width: 16rem; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8125rem; }
`

/** Sends a whole page that says plainly that it is the emulator's. */
export function sendPage(
  reply: FastifyReply,
  page: { title: string; body: Html; status?: number; wide?: boolean },
): FastifyReply {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · local Entra emulator</title>
<style>${STYLE}</style>
</head>
<body>
<header class="banner">This is a local emulator of Microsoft Entra. Nothing here reaches Microsoft.</header>
<main${page.wide ? html` class="wide"` : ''}>${page.body}</main>
</body>
</html>`
  return reply
    .code(page.status ?? 200)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(whole.markup)
}
