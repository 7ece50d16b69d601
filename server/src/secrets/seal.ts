import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** A key that seals, by the name that it leaves in what it sealed. */
export interface SealingKey {
  /** The secret key seals data keys, and a workspace's data key seals its secrets. */
  kind: 'secret-key' | 'data-key'
  /** Below 2^32: of a data key its version, of a secret key a digest that tells nothing about it. */
  name: number
  /** 32 of them. */
  bytes: Buffer
}

/** Where a sealed text lives: it opens nowhere else. */
export interface SealContext {
  workspaceId: string
  table: string
  rowId: string
  column: string
}

/** A sealed text that does not open: another key, another row, or changed bytes. */
export class SealError extends Error {}

const formats = { 'secret-key': 1, 'data-key': 2 } as const
const ivBytes = 12
const tagBytes = 16
const nameBytes = 4
const headBytes = 1 + nameBytes

export function secretKeyOf(bytes: Buffer): SealingKey {
  const name = createHash('sha256').update('keyroster key id').update(bytes).digest().readUInt32BE()
  return { kind: 'secret-key', name, bytes }
}

/** `version` counts the data keys of a workspace, from 1. */
export function dataKeyOf(version: number, bytes: Buffer): SealingKey {
  return { kind: 'data-key', name: version, bytes }
}

/**
 * Seals a text with AES-256-GCM: one format byte, which says the kind of key, four bytes that name the key, a random 12-byte
 * IV, the 16-byte tag, the ciphertext. The additional data names workspace, table, row, column and key.
 */
export function seal(key: SealingKey, text: string, context: SealContext): Buffer {
  const head = headOf(key)
  const iv = randomBytes(ivBytes)
  // Without authTagLength Node opens a text whose tag was cut to four bytes: https://nodejs.org/api/crypto.html#ciphersetaadbuffer-options
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(context, head))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([head, iv, cipher.getAuthTag(), sealed])
}

/** Opens what `seal` made with the same key and context; anything else is a SealError. */
export function open(key: SealingKey, sealed: Buffer, context: SealContext): string {
  const { kind, name } = readHead(sealed)
  if (kind !== key.kind || name !== key.name) throw new SealError('This was sealed with another key.')
  const head = sealed.subarray(0, headBytes)
  const iv = sealed.subarray(headBytes, headBytes + ivBytes)
  const tag = sealed.subarray(headBytes + ivBytes, headBytes + ivBytes + tagBytes)
  if (tag.length !== tagBytes) throw new SealError('This is no sealed text.')
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, iv, { authTagLength: tagBytes })
  decipher.setAAD(additionalData(context, head))
  decipher.setAuthTag(tag)
  try {
    const text = decipher.update(sealed.subarray(headBytes + ivBytes + tagBytes))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SealError('The sealed text belongs elsewhere or was changed.', { cause })
  }
}

/** Which key sealed this; a text that no key sealed is a SealError. */
export function readHead(sealed: Buffer): Pick<SealingKey, 'kind' | 'name'> {
  const kind = (['secret-key', 'data-key'] as const).find((known) => formats[known] === sealed[0])
  if (sealed.length < headBytes + ivBytes + tagBytes || kind === undefined) {
    throw new SealError('This is no sealed text.')
  }
  return { kind, name: sealed.readUInt32BE(1) }
}

function headOf({ kind, name }: SealingKey): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(formats[kind])
  head.writeUInt32BE(name, 1)
  return head
}

function additionalData(context: SealContext, head: Buffer): Buffer {
  const place = [context.workspaceId, context.table, context.rowId, context.column]
  return Buffer.from([...place, head.toString('hex')].join('|'), 'utf8')
}
