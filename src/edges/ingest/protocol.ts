/**
 * What tells one write protocol from another: how its requests are recognised and how it is
 * answered. The path in between is `accept.ts`.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { WriteOutcome } from '../../domain/metrics/metrics.ts'
import type { RecordKind } from './record-kind.ts'
import type { Refusal } from './refusal.ts'

export interface Answer {
  readonly status: number
  readonly contentType?: string
  readonly body: string | Uint8Array
  /** Headers beside the content's own. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface WriteProtocol {
  readonly name: 'otlp' | 'remote-write'
  readonly paths: readonly string[]
  /** Tells what the body is, from the headers alone. */
  recognise(headers: IncomingHttpHeaders): RecordKind | Refusal
  /** Answers a write that was kept, in whole or in part. */
  accepted(kind: RecordKind, outcome: WriteOutcome): Answer
  /** Answers a request of which nothing was kept. */
  refused(headers: IncomingHttpHeaders, status: number, message: string): Answer
}
