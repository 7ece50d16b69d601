import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/**
 * One line a request, with the route as it is declared and never the address as it was sent: the callback from Microsoft
 * carries a code in it. A class because Fastify takes its request log as one.
 */
export class RouteLog extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'requestId' })
  }

  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime),
    }
    if (error) request.log.error({ ...line, err: error }, 'answer broken off')
    else request.log.info(line, 'answered')
  }
}
