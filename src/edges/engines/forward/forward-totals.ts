/** What was forwarded since the program began, for a person and for the metrics. */
import type { Counters } from '../../../core/ports.ts'
import type { ForwardProgress } from './forward-protocol.ts'
import type { DroppedRow } from './forward-store.ts'
import type { ForwardCounts } from './forward-tally.ts'

export interface DroppedOfTenant {
  readonly tenantId: string
  readonly samples: number
  readonly lastAtMs: number
}

/** Of one target. All but `dropped` since the program began. */
export interface ForwardTotal extends Omit<ForwardCounts, 'dropped'> {
  /** Kept over restarts. Shape: the most first. */
  readonly dropped: DroppedOfTenant[]
}

type Numbers = Readonly<Record<string, number>>

const NONE: Omit<ForwardTotal, 'dropped'> = {
  read: 0,
  outcomes: {},
  left: {},
  answers: {},
  retried: 0,
  exemplars: 0,
  lostBytes: 0,
  sentBytes: 0,
}

export class ForwardTotals {
  readonly #totals = new Map<string, Omit<ForwardTotal, 'dropped'>>()
  readonly #dropped = new Map<string, Map<string, DroppedOfTenant>>()

  constructor(dropped: readonly DroppedRow[]) {
    for (const { target, ...row } of dropped) this.#droppedOf(target).set(row.tenantId, row)
  }

  add({ target, counts }: ForwardProgress, nowMs: number): void {
    const before = this.#totals.get(target) ?? NONE
    this.#totals.set(target, {
      read: before.read + counts.read,
      outcomes: sum(before.outcomes, counts.outcomes),
      left: sum(before.left, counts.left),
      answers: sum(before.answers, counts.answers),
      retried: before.retried + counts.retried,
      exemplars: before.exemplars + counts.exemplars,
      lostBytes: before.lostBytes + counts.lostBytes,
      sentBytes: before.sentBytes + counts.sentBytes,
    })
    const dropped = this.#droppedOf(target)
    for (const [tenantId, samples] of Object.entries(counts.dropped)) {
      const known = dropped.get(tenantId)?.samples ?? 0
      dropped.set(tenantId, { tenantId, samples: known + samples, lastAtMs: nowMs })
    }
  }

  of(target: string): ForwardTotal {
    const dropped = [...this.#droppedOf(target).values()]
    return {
      ...(this.#totals.get(target) ?? NONE),
      dropped: dropped.toSorted((left, right) => right.samples - left.samples),
    }
  }

  #droppedOf(target: string): Map<string, DroppedOfTenant> {
    const known = this.#dropped.get(target) ?? new Map<string, DroppedOfTenant>()
    this.#dropped.set(target, known)
    return known
  }
}

/** Adds what a target did to the program's own metrics. */
export function countProgress(counters: Counters, { target, counts }: ForwardProgress): void {
  const add = (
    name: string,
    amount: number,
    labels: Readonly<Record<string, string>> = {},
  ): void => {
    if (amount > 0) counters.add(name, amount, { target, ...labels })
  }
  for (const [outcome, samples] of Object.entries(counts.outcomes)) {
    add('tenantry_forward_samples_total', samples, { outcome })
  }
  for (const [reason, samples] of Object.entries(counts.left)) {
    add('tenantry_forward_left_samples_total', samples, { reason })
  }
  for (const [code, answers] of Object.entries(counts.answers)) {
    add('tenantry_forward_requests_total', answers, { code })
  }
  add('tenantry_forward_retried_samples_total', counts.retried)
  add('tenantry_forward_exemplars_total', counts.exemplars)
  add('tenantry_forward_lost_bytes_total', counts.lostBytes)
  add('tenantry_forward_sent_bytes_total', counts.sentBytes)
}

function sum<Counts extends object>(left: Counts, right: Counts): Counts {
  const total: Record<string, number> = { ...(left as Numbers) }
  for (const [name, count] of Object.entries(right as Numbers)) {
    total[name] = (total[name] ?? 0) + count
  }
  return total as Counts
}
