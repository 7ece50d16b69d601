import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Tenant } from './tenant.ts'

/** Lets this process trust the authority that the local tenant made for itself. */
export function trust({ caPem }: Tenant): void {
  if (caPem !== null) setDefaultCACertificates([...getCACertificates(), caPem])
}
