import { randomUUID } from 'node:crypto'

export interface RequestIds {
  requestId: string
  clientRequestId: string
}

/** The ids of one answer: the client's own id comes back, else both are one. */
export function requestIds(clientRequestId: string | undefined): RequestIds {
  const requestId = randomUUID()
  return { requestId, clientRequestId: clientRequestId || requestId }
}

const JSON_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'
const DIAGNOSTIC =
  '{"ServerInfo":{"DataCenter":"West US 2","Slice":"E","Ring":"1","ScaleUnit":"005","RoleInstance":"MWH0EPF0009ACA8"}}'

/** The headers recorded on real answers; errors are plain JSON and, refused early, cost nothing. */
export function answerHeaders(answer: { status: number; body: unknown; cost: number }, ids: RequestIds) {
  const isText = typeof answer.body === 'string'
  return {
    'cache-control': 'no-cache',
    'content-type': isText ? 'text/plain' : answer.status < 400 ? JSON_TYPE : 'application/json',
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
    'x-ms-ags-diagnostic': DIAGNOSTIC,
    ...(answer.status < 400 && { 'odata-version': '4.0' }),
    ...(answer.cost > 0 && { 'x-ms-resource-unit': String(answer.cost) }),
  }
}
