/** How forwarding to one target does, for a person. Pure. */
import type { ForwardProgress } from './forward-protocol.ts'
import type { ForwardTarget } from './forward-target.ts'
import type { ForwardTotal } from './forward-totals.ts'

export interface ForwardStatus {
  readonly target: string
  readonly type: ForwardTarget['type']
  /** Without anything that may be a secret. */
  readonly origin: string
  /** Of the log: everything before it is settled. */
  readonly position: number
  readonly endPosition: number
  readonly lagBytes: number
  /** The age of the oldest record that is not settled; 0 where all is. */
  readonly lagSeconds: number
  readonly maxLagBytes: number
  readonly maxLagSeconds: number
  readonly queuedSamples: number
  readonly queuedBytes: number
  readonly inFlight: number
  readonly series: number
  /** Of remote write; null before the worker has told. */
  readonly protocol: string | null
  readonly lastSentAtMs: number | null
  readonly lastError: { readonly atMs: number; readonly text: string } | null
  readonly totals: ForwardTotal
}

interface Around {
  readonly startPosition: number
  readonly endPosition: number
  readonly nowMs: number
  readonly totals: ForwardTotal
}

export function forwardStatus(
  target: ForwardTarget,
  progress: ForwardProgress | undefined,
  { startPosition, endPosition, nowMs, totals }: Around,
): ForwardStatus {
  const position = progress?.position ?? startPosition
  const oldestAtMs = progress?.oldestReceivedAtMs ?? null
  return {
    target: target.name,
    type: target.type,
    origin: new URL(target.url).origin,
    position,
    endPosition,
    lagBytes: Math.max(0, endPosition - position),
    lagSeconds: oldestAtMs === null ? 0 : Math.max(0, (nowMs - oldestAtMs) / 1_000),
    maxLagBytes: target.maxLagBytes,
    maxLagSeconds: target.maxLagMs / 1_000,
    queuedSamples: progress?.queuedSamples ?? 0,
    queuedBytes: progress?.queuedBytes ?? 0,
    inFlight: progress?.inFlight ?? 0,
    series: progress?.series ?? 0,
    protocol: progress?.version ?? null,
    lastSentAtMs: progress?.lastSentAtMs ?? null,
    lastError: progress?.lastError ?? null,
    totals,
  }
}
