/** What the main thread and the forwarding worker say to each other. */
import type { TranslationStrategy } from '../../../core/names/translation-strategies.ts'
import type { AcceptedState } from '../../../domain/metrics/metrics.ts'
import type { ForwardCounts } from './forward-tally.ts'
import type { ForwardTarget } from './forward-target.ts'

/** Where a target goes on. */
export interface ForwardStart {
  readonly position: number
  readonly state: AcceptedState
}

export interface StartedTarget {
  readonly target: ForwardTarget
  readonly start: ForwardStart
}

export interface ForwardWorkerData {
  /** Where the segments of the log lie. */
  readonly directory: string
  /** Where files may lie that do not outlive the worker. */
  readonly spillDirectory: string
  readonly targets: readonly StartedTarget[]
  /** Of the log: everything before it may have been sent already. */
  readonly endPosition: number
  readonly userAgent: string
  readonly seed: number
  readonly translation: TranslationStrategy
}

/** A tenant of the registry, as far as a target cares. */
export interface ForwardTenant {
  readonly tenantId: string
  /** The target that gets its series; null for none. */
  readonly target: string | null
  /** In a cluster of VictoriaMetrics, where the target is one. */
  readonly accountId: number | null
}

export type ToForwardWorker =
  /** All tenants. Told before an end that lies behind records of a new one. */
  | { readonly kind: 'tenants'; readonly tenants: readonly ForwardTenant[] }
  /** The log may be read up to here. */
  | { readonly kind: 'end'; readonly position: number }
  | { readonly kind: 'close' }

/** How a target does. */
export interface ForwardProgress {
  readonly target: string
  /** Everything before it is settled. */
  readonly position: number
  /** What must be known to go on there. Null where it is as told last. */
  readonly state: AcceptedState | null
  readonly readPosition: number
  readonly counts: ForwardCounts
  readonly queuedBytes: number
  readonly queuedSamples: number
  readonly inFlight: number
  readonly series: number
  readonly version: string
  /** When the oldest record was received that is not settled. */
  readonly oldestReceivedAtMs: number | null
  readonly lastSentAtMs: number | null
  readonly lastError: { readonly atMs: number; readonly text: string } | null
}

export type FromForwardWorker =
  | { readonly kind: 'progress'; readonly targets: readonly ForwardProgress[] }
  | { readonly kind: 'closed' }
