import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** The 32 bytes that secrets in the database are sealed with. */
export type SealingKey = Buffer

/** Where a sealed text lives: it opens nowhere else. */
export interface SealContext {
  workspaceId: string
  table: string
  rowId: string
  column: string
}

/** A sealed text that does not open: another key, another row, or changed bytes. Which of them stays unsaid. */
export class SealError extends Error {}

const format = 1
const ivBytes = 12
const tagBytes = 16
const keyIdBytes = 4
const headBytes = 1 + keyIdBytes

/**
 * Seals a text with AES-256-GCM: one format byte, four bytes that name the key, a random 12-byte IV, the 16-byte tag, the
 * ciphertext. The additional data names workspace, table, row, column and key.
 */
export function seal(key: SealingKey, text: string, context: SealContext): Buffer {
  const head = Buffer.concat([Buffer.of(format), keyId(key)])
  const iv = randomBytes(ivBytes)
  // Without authTagLength Node opens a text whose tag was cut to four bytes: https://nodejs.org/api/crypto.html#ciphersetaadbuffer-options
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(context, head))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([head, iv, cipher.getAuthTag(), sealed])
}

/** Opens what `seal` made with the same key and context; anything else is a SealError. */
export function open(key: SealingKey, sealed: Buffer, context: SealContext): string {
  const head = sealed.subarray(0, headBytes)
  if (sealed.length < headBytes + ivBytes + tagBytes || head[0] !== format) {
    throw new SealError('This is no sealed text.')
  }
  if (!head.subarray(1).equals(keyId(key))) throw new SealError('This was sealed with another key.')
  const iv = sealed.subarray(headBytes, headBytes + ivBytes)
  const tag = sealed.subarray(headBytes + ivBytes, headBytes + ivBytes + tagBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
  decipher.setAAD(additionalData(context, head))
  decipher.setAuthTag(tag)
  try {
    const text = decipher.update(sealed.subarray(headBytes + ivBytes + tagBytes))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SealError('The sealed text belongs elsewhere or was changed.', { cause })
  }
}

function additionalData(context: SealContext, head: Buffer): Buffer {
  const place = [context.workspaceId, context.table, context.rowId, context.column]
  return Buffer.from([...place, head.toString('hex')].join('|'), 'utf8')
}

/** Names a key without telling anything about it. */
function keyId(key: SealingKey): Buffer {
  return createHash('sha256').update('keyroster key id').update(key).digest().subarray(0, keyIdBytes)
}
