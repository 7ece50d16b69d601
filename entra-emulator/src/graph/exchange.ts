import type { FaultEffect } from '../faults.ts'

/** A request to Graph, by itself or as a part of a batch. */
export interface GraphRequest {
  method: string
  /** With the version, still percent-encoded, such as `/v1.0/users`. */
  path: string
  /** As it arrived, without the question mark. */
  query: string
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  /** What the fault scripts have in store for it. */
  effects: readonly FaultEffect[]
}

export interface GraphAnswer {
  status: number
  headers: Record<string, string>
  /** Text is sent as it is, all else as JSON. */
  body: unknown
  /** Resource units charged. */
  cost: number
}
