/**
 * Counts what becomes of one write's samples, and turns the counts into its outcome and into the
 * lifetime accounts.
 */
import type { Accounts } from './accounts.ts'
import type { HaFailover } from './ha-clusters.ts'
import type { HaSender } from './ha-senders.ts'
import { DISCARD_REASONS, UNATTRIBUTED_REASONS, type DiscardReason } from './reasons.ts'
import { refusedReason } from './registrar.ts'
import type { Entries } from './entries.ts'

export interface WriteOutcome {
  /** Always attributed + unattributed + duplicate + notElected + discardedTotal. */
  readonly received: number
  readonly attributed: number
  readonly unattributed: number
  readonly duplicate: number
  /** Sent by a replica while another one of its cluster was elected. */
  readonly notElected: number
  /** Only the reasons that occurred. */
  readonly discarded: Readonly<Partial<Record<DiscardReason, number>>>
  readonly discardedTotal: number
  /**
   * Of the attributed ones: those of a source that does not count, because a better one of the same
   * signal does.
   */
  readonly shadowed: number
  /** Of the attributed ones: those whose metric has no meaning here. */
  readonly unmapped: number
  /** Of the unattributed ones, by reason. */
  readonly unattributedByReason: Readonly<Record<(typeof UNATTRIBUTED_REASONS)[number], number>>
  /**
   * Of the discarded ones: those that named another tenant than the one that their key is bound to.
   */
  readonly violations: number
  /** Of the received ones: native histograms. */
  readonly histograms: number
  /** Of the discarded ones: native histograms. */
  readonly histogramsDiscarded: number
  /** What came along with the samples: read and checked, not kept. */
  readonly exemplars: number
  readonly metadata: number
  /** Exemplars, and series without a sample, that cannot be read. */
  readonly faults: number
  /** Clusters that elected another replica with this write. */
  readonly failovers: readonly HaFailover[]
  /** At most five, each naming a series and a reason. */
  readonly messages: readonly string[]
}

export class Tally {
  attributed = 0
  duplicate = 0
  notElected = 0
  shadowed = 0
  unmapped = 0
  resets = 0
  /** Native histograms that were discarded. */
  histogramsDiscarded = 0
  failovers: readonly HaFailover[] = []
  /**
   * By reason, in the order of the reasons: the tenant index of an unattributed series is its
   * place.
   */
  readonly unattributed = new Float64Array(UNATTRIBUTED_REASONS.length)
  readonly #discarded = new Map<DiscardReason, number>()

  clear(): void {
    this.attributed = 0
    this.duplicate = 0
    this.notElected = 0
    this.shadowed = 0
    this.unmapped = 0
    this.resets = 0
    this.histogramsDiscarded = 0
    this.failovers = []
    this.unattributed.fill(0)
    this.#discarded.clear()
  }

  discard(reason: DiscardReason, samples: number): void {
    this.#discarded.set(reason, (this.#discarded.get(reason) ?? 0) + samples)
  }

  /** Discards what found no series. */
  refuse({ refused, histogramsRefused }: HaSender): void {
    for (const [code, samples] of refused) this.discard(refusedReason(code), samples)
    this.histogramsDiscarded += histogramsRefused
  }

  outcome({ messages, native }: Pick<Entries, 'messages' | 'native'>): WriteOutcome {
    const discardedTotal = [...this.#discarded.values()].reduce((sum, samples) => sum + samples, 0)
    const [noLabel, unknown] = this.unattributed as unknown as [number, number]
    const unattributed = noLabel + unknown
    return {
      received: this.attributed + unattributed + this.duplicate + this.notElected + discardedTotal,
      attributed: this.attributed,
      unattributed,
      duplicate: this.duplicate,
      notElected: this.notElected,
      discarded: Object.fromEntries(this.#discarded),
      discardedTotal,
      shadowed: this.shadowed,
      unmapped: this.unmapped,
      unattributedByReason: { 'no-tenant-label': noLabel, 'unknown-tenant': unknown },
      violations: this.#discarded.get('tenant-mismatch') ?? 0,
      histograms: native.histograms,
      histogramsDiscarded: this.histogramsDiscarded,
      exemplars: native.exemplars,
      metadata: native.metadata,
      faults: native.faults,
      failovers: this.failovers,
      messages: [...messages],
    }
  }

  addTo(accounts: Accounts, { received }: WriteOutcome): void {
    accounts.add('received', received)
    accounts.add('attributed', this.attributed)
    accounts.add('duplicate', this.duplicate)
    accounts.add('not-elected', this.notElected)
    accounts.add('shadowed', this.shadowed)
    accounts.add('unmapped', this.unmapped)
    accounts.add('resets', this.resets)
    UNATTRIBUTED_REASONS.forEach((reason, index) => {
      accounts.addUnattributed(reason, this.unattributed[index]!)
    })
    for (const reason of DISCARD_REASONS) {
      const samples = this.#discarded.get(reason)
      if (samples !== undefined) accounts.addDiscarded(reason, samples)
    }
  }
}
