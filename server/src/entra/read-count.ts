import type { GraphBatchAnswer } from './graph-client.ts'

/**
 * The number in one part of a batch that asked for a `$count`; null where Microsoft did not say. A part that is not
 * JSON arrives as a number, as its text, or as that text in base64, depending on the service.
 */
export function readCount(answer: GraphBatchAnswer | undefined): number | null {
  if (answer?.status !== 200) return null
  if (typeof answer.body === 'number') return answer.body
  if (typeof answer.body !== 'string') return null
  const text = answer.body.replace(/^\uFEFF/, '').trim()
  const digits = /^\d+$/.test(text)
    ? text
    : Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/^\uFEFF/, '')
  return /^\d+$/.test(digits) ? Number(digits) : null
}
