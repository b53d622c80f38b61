/**
 * Decides what of a write its tenants' quotas admit: each new series as the walk meets it, and the
 * samples of each tenant as a whole once the walk is done. Series that are known are never asked
 * about. What it refuses goes into the ruling of the write; given a ruling, as a replay does, it
 * refuses that and nothing else, and asks no quota.
 */
import type { IngestQuotaReader, IngestQuotas } from '../tenants/tenants.ts'
import type { Refusal } from './label-checks.ts'
import type { LabelLimits, RoomReason, Ruling, SliceReason, TenantRuling } from './ruling.ts'
import type { Shares } from './shares.ts'
import { FIRST_TENANT, type TenantTable } from './tenant-table.ts'
import { TokenBuckets, type BucketLimit } from './token-buckets.ts'

/** The samples of one tenant in one write, refused together. */
export interface RefusedSlice {
  readonly tenant: number
  readonly samples: number
  readonly reason: SliceReason
  /** What a person has to know, with the limit and its value. */
  readonly text: string
  /** When as many would be admitted. Null: never. */
  readonly waitMs: number | null
}

/** With what follows from them, so that it is made once and not at each series. */
interface RatedQuotas extends IngestQuotas {
  readonly rate: BucketLimit
  readonly newSeriesRate: BucketLimit
  readonly labelLimits: LabelLimits
}

/** A tenant that is over its rate: nothing is admitted before its bucket has what it asked for. */
interface ClosedGate {
  readonly sinceMs: number
  readonly untilMs: number
  readonly text: string
}

const MINUTE_SECONDS = 60

export class Admission {
  readonly #tenants: TenantTable
  readonly #reader: IngestQuotaReader
  readonly #ceilings: LabelLimits
  readonly #samples = new TokenBuckets()
  readonly #newSeries = new TokenBuckets()
  readonly #gates = new Map<number, ClosedGate>()
  #quotas: (RatedQuotas | undefined)[] = []
  #generation = NaN
  #atMs = 0
  #given: Ruling | null = null
  #ruled: Record<string, TenantRuling> | null = null
  /** By tenant: new series of the present write. */
  readonly #taken: number[] = []
  /** The tenants that have some. */
  #takers: number[] = []

  constructor(tenants: TenantTable, reader: IngestQuotaReader, ceilings: LabelLimits) {
    this.#tenants = tenants
    this.#reader = reader
    this.#ceilings = ceilings
  }

  /** Begins a write. */
  begin(receivedAtMs: number, given: Ruling | null): void {
    this.#atMs = receivedAtMs
    this.#given = given
    for (const tenant of this.#takers) this.#taken[tenant] = 0
    this.#takers.length = 0
    this.#ruled = null
    const generation = this.#reader.generation()
    if (generation === this.#generation) return
    this.#generation = generation
    this.#quotas = []
  }

  /** Tells how wide a series of a tenant may be. */
  labelLimits(tenant: number): LabelLimits {
    if (tenant < FIRST_TENANT) return this.#ceilings
    if (this.#given === null) return this.#quotasOf(tenant).labelLimits
    return this.#given[this.#tenants.id(tenant)]?.labels ?? this.#ceilings
  }

  /** Says that a series was wider than that. */
  noteTooWide(tenant: number): void {
    if (tenant < FIRST_TENANT || this.#given !== null) return
    this.#rule(tenant, { labels: this.#quotasOf(tenant).labelLimits })
  }

  /** Refuses a new series for which its tenant has no room. */
  takeSeries(tenant: number): Refusal | undefined {
    const taken = this.#taken[tenant] ?? 0
    const refusal = this.#given === null ? this.#checkRoom(tenant) : this.#givenRoom(tenant, taken)
    if (refusal === undefined) {
      if (taken === 0) this.#takers.push(tenant)
      this.#taken[tenant] = taken + 1
    } else if (this.#given === null) {
      this.#rule(tenant, { room: { series: taken, reason: refusal.reason as RoomReason } })
    }
    return refusal
  }

  /** Decides which tenants' samples are not kept. */
  admit(shares: Shares): RefusedSlice[] {
    const refused: RefusedSlice[] = []
    for (const tenant of shares.tenants) {
      if (tenant < FIRST_TENANT) continue
      const samples = shares.askedOf(tenant)
      if (samples === 0 && this.#given === null) continue
      const slice =
        this.#given === null ? this.#checkSlice(tenant, samples) : this.#givenSlice(tenant, samples)
      if (slice === undefined) continue
      refused.push(slice)
      if (this.#given === null) this.#rule(tenant, { slice: slice.reason })
    }
    return refused
  }

  /** Tells what was refused. Null when nothing was, and when it was given. */
  ruling(): Ruling | null {
    return this.#ruled
  }

  /**
   * Tells why no request that is one tenant's alone is worth reading now. Undefined when it is.
   * Units of the wait: milliseconds.
   */
  closed(tenant: number, nowMs: number): { text: string; waitMs: number } | undefined {
    const gate = this.#gates.get(tenant)
    if (gate === undefined) return undefined
    if (nowMs >= gate.sinceMs && nowMs < gate.untilMs) {
      return { text: gate.text, waitMs: gate.untilMs - nowMs }
    }
    this.#gates.delete(tenant)
    return undefined
  }

  /** Lets nothing of a tenant alone in until what was refused would be admitted. */
  close({ tenant, text, waitMs }: RefusedSlice): void {
    if (waitMs === null) return
    this.#gates.set(tenant, { sinceMs: this.#atMs, untilMs: this.#atMs + waitMs, text })
  }

  /** Tells which part of its burst a tenant has used up, from 0; above 1 what it owes. */
  burstUsedRatio(tenant: number, nowMs: number): number {
    const limit = this.#quotasOf(tenant).rate
    return 1 - this.#samples.tokens(tenant, limit, nowMs) / limit.burst
  }

  #checkRoom(tenant: number): Refusal | undefined {
    const { activeSeries, newSeriesPerMinute, newSeriesRate } = this.#quotasOf(tenant)
    const hasRoom = this.#tenants.seriesOf(tenant) < activeSeries
    const isInTime =
      hasRoom &&
      newSeriesPerMinute > 0 &&
      this.#newSeries.take(tenant, 1, newSeriesRate, this.#atMs)
    if (isInTime) return undefined
    const whose = `tenant ${this.#tenants.id(tenant)}`
    return hasRoom
      ? {
          reason: 'new-series-limit',
          text: `${whose} over its limit newSeriesPerMinute of ${newSeriesPerMinute}`,
        }
      : { reason: 'series-limit', text: `${whose} at its limit activeSeries of ${activeSeries}` }
  }

  #givenRoom(tenant: number, taken: number): Refusal | undefined {
    const room = this.#given?.[this.#tenants.id(tenant)]?.room
    if (room === undefined || taken < room.series) return undefined
    return { reason: room.reason, text: 'refused when it was received' }
  }

  #checkSlice(tenant: number, samples: number): RefusedSlice | undefined {
    const quotas = this.#quotasOf(tenant)
    const { samplesPerSecond, burstSamples, requestSamples } = quotas
    const fits = samples <= requestSamples
    const limit = quotas.rate
    if (fits && this.#samples.take(tenant, samples, limit, this.#atMs)) return undefined
    const what = `tenant ${this.#tenants.id(tenant)}: ${samples} samples`
    if (!fits) {
      const text = `${what} in one request, over its limit requestSamples of ${requestSamples}`
      return { tenant, samples, reason: 'request-samples', text, waitMs: null }
    }
    const text =
      `${what} over its limit samplesPerSecond of ${samplesPerSecond} ` +
      `with burstSamples of ${burstSamples}`
    const waitMs = this.#samples.waitMs(tenant, samples, limit, this.#atMs)
    return { tenant, samples, reason: 'rate-limit', text, waitMs }
  }

  #givenSlice(tenant: number, samples: number): RefusedSlice | undefined {
    const reason = this.#given?.[this.#tenants.id(tenant)]?.slice
    if (reason === undefined) return undefined
    return { tenant, samples, reason, text: 'refused when it was received', waitMs: null }
  }

  #quotasOf(tenant: number): RatedQuotas {
    return (this.#quotas[tenant] ??= rated(
      this.#reader.of(this.#tenants.id(tenant)),
      this.#ceilings,
    ))
  }

  #rule(tenant: number, ruling: TenantRuling): void {
    const tenantId = this.#tenants.id(tenant)
    this.#ruled ??= {}
    this.#ruled[tenantId] = { ...this.#ruled[tenantId], ...ruling }
  }
}

function narrower(one: LabelLimits, other: LabelLimits): LabelLimits {
  return {
    labelsPerSeries: Math.min(one.labelsPerSeries, other.labelsPerSeries),
    labelNameBytes: Math.min(one.labelNameBytes, other.labelNameBytes),
    labelValueBytes: Math.min(one.labelValueBytes, other.labelValueBytes),
  }
}

function rated(quotas: IngestQuotas, ceilings: LabelLimits): RatedQuotas {
  const { samplesPerSecond, burstSamples, newSeriesPerMinute } = quotas
  return {
    ...quotas,
    rate: { perSecond: samplesPerSecond, burst: burstSamples },
    newSeriesRate: { perSecond: newSeriesPerMinute / MINUTE_SECONDS, burst: newSeriesPerMinute },
    labelLimits: narrower(quotas, ceilings),
  }
}

/** For a stage that is given no quotas: everything is admitted. */
export const NO_QUOTAS: IngestQuotaReader = {
  of: () => UNLIMITED,
  generation: () => 0,
}

const MOST = Number.MAX_SAFE_INTEGER
const UNLIMITED: IngestQuotas = {
  samplesPerSecond: MOST,
  burstSamples: MOST,
  activeSeries: MOST,
  newSeriesPerMinute: MOST,
  labelsPerSeries: MOST,
  labelNameBytes: MOST,
  labelValueBytes: MOST,
  requestBytes: MOST,
  requestSamples: MOST,
}
