/** What a passkey remembers of its admin: the 16 bytes of their id, which say nothing about the person. */
export function userHandle(adminId: string): Buffer<ArrayBuffer> {
  return Buffer.from(adminId.replaceAll('-', ''), 'hex')
}
