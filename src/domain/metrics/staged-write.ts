/**
 * One request on its way in: walked, asked about the quotas of its tenants, counted. There is one
 * stage, and it is reused. That every sample of a write has an outcome is looked at here each time.
 */
import { assert } from '../../core/assert.ts'
import type { OtlpVisitor } from '../../machinery/wire/otlp.ts'
import type { RemoteWrite2Visitor } from '../../machinery/wire/remote-write-2.ts'
import type { RemoteWriteVisitor } from '../../machinery/wire/remote-write.ts'
import type { Admission } from './admission.ts'
import type { Applier } from './apply.ts'
import { dropSlices } from './drop-slices.ts'
import type { HaSender } from './ha-senders.ts'
import type { Registrar } from './registrar.ts'
import type { Ruling, SliceReason } from './ruling.ts'
import { Shares } from './shares.ts'
import type { Staging } from './staging.ts'
import type { MetricTables } from './tables.ts'
import type { WriteOutcome } from './tally.ts'
import { FIRST_TENANT } from './tenant-table.ts'
import type { TenantResolver, WriteContext } from './write-context.ts'

/**
 * One request on its way in: walked by a wire reader, then applied or abandoned. Reused by the next
 * `stage`.
 */
export interface StagedWrite extends RemoteWriteVisitor, RemoteWrite2Visitor, OtlpVisitor {
  /** Ends the walk and takes out the samples that quotas refuse. At most once, before `apply`. */
  admit(): Admitted
  /** Counts what was walked, and admitted where that was asked. */
  apply(receivedAtMs: number): WriteOutcome
  /** Forgets what was walked. */
  abandon(): void
}

/** What a write comes with. */
export interface Arrival {
  readonly receivedAtMs?: number
  /** In a replay the registry is not asked: it says what holds now, and not what held then. */
  readonly isReplay?: boolean
  /** What was refused of it when it was received: a replay decides nothing anew. */
  readonly ruling?: Ruling | null
}

export interface Admitted {
  /** What quotas refused, for the log. Null: nothing, as usual. */
  readonly ruling: Ruling | null
  /**
   * Set where the write is one tenant's alone and its samples are refused: nothing is kept, but the
   * write goes to the log and is applied as any other, because its walk took in series.
   */
  readonly over: Over | null
  /** Names the new series that had no room, for the log before the write. Null: none, as usual. */
  readonly refusedSeries?: Uint8Array | null
}

export interface Over {
  readonly reason: SliceReason
  readonly text: string
  /** When as much would be admitted. Null: never. */
  readonly waitMs: number | null
}

export interface StageParts {
  readonly tables: MetricTables
  readonly staging: Staging
  readonly admission: Admission
  readonly registrar: Registrar
  readonly applier: Applier
  readonly resolver: Pick<TenantResolver, 'resolve'>
  readonly seriesName: (slot: number) => string
  /** Called before anything of a write is counted. */
  readonly onApply: (receivedAtMs: number) => void
  readonly onOutcome: (outcome: WriteOutcome) => void
  /** Called when a write has samples without an outcome: a defect. */
  readonly onImbalance: (found: readonly string[]) => void
}

export type Stage = (context: WriteContext, message?: Uint8Array, arrival?: Arrival) => StagedWrite

/** Opens the one stage. */
export function openStage(parts: StageParts): Stage {
  const { tables, staging, admission, registrar, applier, resolver, seriesName } = parts
  const { tenants, series, clusters, notes } = tables
  const shares = new Shares()
  let isStaged = false
  let isWalked = false
  let atMs = 0
  let messageBytes = 0
  /** The tenant that all of the write is of. */
  let loneTenant: number | null = null

  /** Tells whether what a replica sends now is asked about its tenants' quotas. */
  const countsNow = ({ cluster, replica, refusal }: HaSender): boolean => {
    if (cluster < 0) return refusal === undefined
    return clusters.wouldCount(
      cluster,
      replica,
      atMs,
      staging.entries.senders.rules.failoverSeconds,
    )
  }

  /** Ends the walk; then every sample has its series and every tenant its share. */
  const endWalk = (): void => {
    if (isWalked) return
    isWalked = true
    staging.finish()
    shares.count(staging.entries, series, tenants.words.size, countsNow)
  }

  /** The tenant whose key writes, or that is named for all; else what stands for none. */
  const writerOf = ({ boundTenant, namedTenant }: WriteContext): number => {
    if (boundTenant !== null) return tenants.index(boundTenant)
    if (namedTenant === null) return tenants.unattributed('no-tenant-label')
    const named = resolver.resolve(namedTenant)
    return named === undefined ? tenants.unattributed('unknown-tenant') : tenants.index(named)
  }

  const write: StagedWrite = Object.assign(staging, {
    admit(): Admitted {
      assert(isStaged, 'a write that was staged')
      endWalk()
      const slices = admission.admit(shares)
      const ruling = admission.ruling()
      const refusedSeries = ruling === null ? null : registrar.refused()
      if (slices.length === 0) return { ruling, over: null, refusedSeries }
      const firstSlots = dropSlices(staging.entries, shares, slices, series)
      slices.forEach(({ tenant, reason }, index) => {
        notes.note(tenant, reason, atMs, () => seriesName(firstSlots[index]!))
      })
      const over = slices.find(({ tenant }) => tenant === loneTenant) ?? null
      if (over !== null) admission.close(over)
      return { ruling, over, refusedSeries }
    },
    apply(receivedAtMs: number): WriteOutcome {
      assert(isStaged, 'a write that was staged')
      isStaged = false
      endWalk()
      parts.onApply(receivedAtMs)
      const { writer } = registrar
      const walked = staging.entries.countReceived(shares.total)
      const outcome = applier.apply(staging.entries, { shares, writer, receivedAtMs, messageBytes })
      if (outcome.received !== walked) {
        parts.onImbalance([`a write of ${walked} samples has outcomes of ${outcome.received}`])
      }
      parts.onOutcome(outcome)
      return outcome
    },
    abandon(): void {
      isStaged = false
    },
  })

  return (context, message, arrival) => {
    assert(!isStaged, 'one write at a time')
    isStaged = true
    isWalked = false
    atMs = arrival?.receivedAtMs ?? atMs
    messageBytes = message?.length ?? 0
    const writer = writerOf(context)
    const isLone = context.boundTenant !== null || context.namedTenant !== null
    loneTenant = isLone && writer >= FIRST_TENANT ? writer : null
    admission.begin(atMs, arrival?.ruling ?? null)
    registrar.begin(writer, atMs)
    clusters.begin(atMs)
    staging.begin(context, message ?? null)
    return write
  }
}
