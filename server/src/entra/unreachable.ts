import { GraphError } from './graph-error.ts'

/** No whole answer came: the network is down, the name unknown, the connection cut, or it took too long. */
export function unreachable(whom: string, cause: unknown): GraphError {
  return new GraphError({
    code: 'microsoft_unreachable',
    finding: `${whom} cannot be reached from this machine.`,
    remedy: 'Check the network, the proxy and the firewall of the machine that runs the panel.',
    retryable: true,
    cause,
  })
}
