/**
 * The door of the metrics stage: received writes in, what each tenant's signals gained out. One
 * thread, no clock: everything follows from the state, the bytes and the time of receipt, so that a
 * checkpoint and the log after it give the same state again.
 */
import type { TenantId } from '../../core/ids.ts'
import type { BulkWrite, BulkWriter, Counters, Log } from '../../core/ports.ts'
import { SECOND_MS, type TimeRange } from '../../core/time.ts'
import type { IngestQuotaReader } from '../tenants/tenants.ts'
import { Admission, NO_QUOTAS } from './admission.ts'
import { Applier } from './apply.ts'
import { imbalances } from './balance.ts'
import { cardinalityOf, type Cardinality } from './cardinality.ts'
import type { Cell, Increments } from './cell.ts'
import { cellHour, type CellHour } from './cell-hour.ts'
import { Checkpoints } from './checkpoint.ts'
import { makeDays } from './days.ts'
import { seriesText } from './description.ts'
import { expire } from './expire.ts'
import { DEFAULT_DIMENSIONS, dimensionsOf, type GivenDimension } from './dimensions.ts'
import { haStatuses, type HaClusterStatus } from './ha-status.ts'
import { openIntake, type Intake } from './intake.ts'
import { DEFAULT_METRIC_LIMITS, type MetricLimits } from './limits.ts'
import { LiveRing, type LiveLimits } from './live-ring.ts'
import { MinuteEnds } from './minute-ends.ts'
import type { NativeTally } from './native-tally.ts'
import { ratesOf, type Rates } from './rates.ts'
import { ReceivedToday } from './received.ts'
import { Registrar } from './registrar.ts'
import { RegistryMemory, type Learned } from './registry-memory.ts'
import { KEPT_DAYS, type KeptDays } from './retention.ts'
import type { ReaderParts } from './rollup-reader.ts'
import { Retiring } from './retire.ts'
import { Rollup } from './rollup.ts'
import type { SeriesMeaning } from './series-meaning.ts'
import { Settling } from './settle.ts'
import { signalUsage, type SignalUsageDay } from './signal-usage.ts'
import { signalsOverTime, type SignalAnswer, type SignalQuery } from './signals-over-time.ts'
import { sourcesOf, type SourceStatus } from './source-list.ts'
import { openStage, type Arrival, type StagedWrite } from './staged-write.ts'
import { Staging } from './staging.ts'
import { openMetricStore } from './store.ts'
import { openTables } from './tables.ts'
import type { WriteOutcome } from './tally.ts'
import { FIRST_SAMPLE_MS, LAST_SAMPLE_MS } from './tenant-table.ts'
import { totalsOf, type TenantTotals } from './totals.ts'
import { activeUsersOf, type ActiveUsers } from './users.ts'
import { ownRows } from './own-rows.ts'
import {
  NO_RULES,
  type SeriesRules,
  type TenantResolver,
  type WriteContext,
} from './write-context.ts'

export {
  Accepted,
  LEFT_REASONS,
  type AcceptedSink,
  type AcceptedState,
  type LeftReason,
  type PassedHistogram,
} from './accepted.ts'
export { DEFAULT_HA_RULES, isDefaultHa, type HaRules } from './ha-rules.ts'
export type { HaClusterStatus } from './ha-status.ts'
export type { GivenDimension } from './dimensions.ts'
export type { Cardinality } from './cardinality.ts'
export type { Intake, RefusalNote, RequestRefusal, TenantIntake } from './intake.ts'
export { SAMPLE_OUTCOMES } from './intake.ts'
export type { MetricLimits } from './limits.ts'
export type { Apdex } from './apdex.ts'
export type { Quantile } from './quantile.ts'
export {
  QUERY_SIGNAL_NAMES,
  QUERY_SIGNALS,
  type QuerySignal,
  type SignalGroup,
} from './query-signals.ts'
export type { Rates } from './rates.ts'
export type { DiscardReason } from './reasons.ts'
export { keptDaysOf, type KeptDays } from './retention.ts'
export type { SignalUsageDay } from './signal-usage.ts'
export { QUERY_LIMITS, type SignalAnswer, type SignalQuery } from './signals-over-time.ts'
export type { SeriesMeaning } from './series-meaning.ts'
export { builtInSeries } from './mapping.ts'
export { seriesNames } from './series-names.ts'
export type { SignalName } from './cell.ts'
export type { CellHour } from './cell-hour.ts'
export { translateMetricName } from './translation.ts'
export type { SourceStatus } from './source-list.ts'
export { readRuling, type Ruling } from './ruling.ts'
export type { Admitted, Arrival, StagedWrite } from './staged-write.ts'
export type { WriteOutcome } from './tally.ts'
export type { ActiveUsers } from './users.ts'
export type { TenantTotals } from './totals.ts'
export type { SeriesRules, TenantResolver, WriteContext } from './write-context.ts'

export interface MetricStats {
  /** Slots of series; a histogram has one for each of its parts. */
  readonly series: number
  readonly cells: number
  /** What became of all samples since the beginning, by name; see accounts.ts. */
  readonly accounts: Readonly<Record<string, number>>
}

export interface Metrics {
  /**
   * Begins a write. One at a time. A message that is given, the one that will be walked, must stay
   * as it is until `apply`: its series are then recognised in batches, in half the time. Without an
   * arrival it came when the last one did.
   */
  stage(context: WriteContext, message?: Uint8Array, arrival?: Arrival): StagedWrite
  /**
   * Tells what the stage learned from the registry and must be in the log before the write that was
   * staged. Null for nothing. `confirmDecisions` says that it is there.
   */
  decisions(): Uint8Array | null
  confirmDecisions(): void
  /** Takes over what `decisions` told, in a replay. */
  learn(decisions: Uint8Array): void
  /** Tells all that was learned of the registry so far, as one of `decisions`. */
  knownRegistry(): Uint8Array
  readonly intake: Intake
  /** Reads who made a tenant's series, in steps. Cost: about 5 us a series. */
  cardinality(tenantId: TenantId): Generator<void, Cardinality>
  /** Moves on what counters gained, in steps, so that the drain that follows is short. */
  gather(): Generator<void, void>
  /**
   * Takes what the counters of active sources gained since the last call. The columns are reused by
   * the next call.
   */
  drain(nowMs: number): Increments
  /** Lists the cells. Append-only: a consumer remembers how many it has seen. */
  cells(): readonly Cell[]
  /** Tells the end of the last ten-second bucket whose requests are complete; see settle.ts. */
  settledToMs(tenantId: TenantId, nowMs: number): number
  /** Null for a tenant that never sent a sample. */
  lastSampleAtMs(tenantId: TenantId): number | null
  firstSampleAtMs(tenantId: TenantId): number | null
  /**
   * Tells what a tenant's signals came to, for the exposition: kept over restarts. Up to the last
   * drain.
   */
  totals(tenantId: TenantId): TenantTotals
  /** Tells how a tenant is served, over a span of at most two hours. Up to the last drain. */
  rates(tenantId: TenantId, nowMs: number, spanSeconds: number): Rates
  /** Tells what became of every series, in the order in which they came. Cost: reads all labels. */
  meanings(): Iterable<SeriesMeaning>
  /** Lists where a tenant's figures come from. Cost: one pass over all series. */
  sources(tenantId: TenantId, nowMs: number): SourceStatus[]
  /**
   * Tells what a tenant's signals were over time. Up to the last drain. Throws SIGNAL_QUERY. Cost:
   * some milliseconds, by the rows of the range.
   */
  query(tenantId: TenantId, query: SignalQuery, nowMs: number): SignalAnswer
  /** Tells what a tenant's cells counted in an hour, as far as that is stored by the minute. Up to
   *  the last drain. Cost: a row of the disk or two. */
  cellHour(tenantId: TenantId, hourEndMs: number): CellHour
  /**
   * Tells by day what was received of a tenant's signals and what is stored of them. Shape: days
   * that end in (fromMs, toMs] and have something, by time.
   */
  usage(tenantId: TenantId, range: TimeRange): SignalUsageDay[]
  /**
   * Ends gauges that went silent, notes the others, forgets series that cannot go on, and packs
   * hours that left memory. Once a tick. Shape: each yield is a place to pause.
   */
  minutePieces(nowMs: number): Generator<void, void>
  /** Does the same without a pause. */
  closeMinute(nowMs: number): void
  /** Makes days of hours, in steps. Returns how many. They are written by the next checkpoint. */
  makeDays(nowMs: number): Generator<void, number>
  /** Deletes what is kept no longer, in steps. Returns how many rows. */
  expire(nowMs: number): AsyncGenerator<void, number>
  /**
   * Takes what changed since the last checkpoint, as absolute values. A drain comes before it,
   * `confirm` after.
   */
  checkpoint(): { writes: BulkWrite[] }
  /** Says whether the last checkpoint was written; what was not is taken again. */
  confirm(ok: boolean): void
  /** Reads the last checkpoint into a stage that was just opened. */
  restore(): void
  stats(): MetricStats
  /** Tells how many users a tenant had lately, reported or estimated. As of the last tick. */
  activeUsers(tenantId: TenantId, nowMs: number): ActiveUsers
  /** Lists the clusters whose writers name replicas, until nobody wrote for one for long. */
  haClusters(): HaClusterStatus[]
}

export interface MetricDeps {
  readonly resolver: TenantResolver
  /** None without. */
  readonly rules?: SeriesRules
  /** Without them everybody may send everything. */
  readonly quotas?: IngestQuotaReader
  readonly bulk: BulkWriter
  readonly counters: Counters
  readonly log: Log
  readonly limits?: Partial<MetricLimits>
  readonly liveLimits?: Partial<LiveLimits>
  /** For how long a tenant's signals are kept; as long as any tier keeps them by default. */
  readonly keptDays?: (tenantId: TenantId) => KeptDays
  /** By what requests are told apart beside their tenant. */
  readonly dimensions?: readonly GivenDimension[]
  /** Durations are told apart around these bounds: those of the latency SLOs. */
  readonly thresholdsSeconds?: readonly number[]
  /** Labels and attributes that name a user, in the order in which they are tried. */
  readonly userLabels?: readonly string[]
}

export function openMetrics(deps: MetricDeps): Metrics {
  const { resolver, bulk, counters, log, rules = NO_RULES, quotas = NO_QUOTAS } = deps
  const { keptDays = () => KEPT_DAYS.enterprise } = deps
  const limits = { ...DEFAULT_METRIC_LIMITS, ...deps.limits }
  const staleMs = limits.staleSeconds * SECOND_MS
  const tables = openTables(limits, {
    dimensions: dimensionsOf(deps.dimensions ?? DEFAULT_DIMENSIONS),
    thresholdsSeconds: deps.thresholdsSeconds ?? [],
  })
  const { keys, series, tenants, sources, cells, facets, accounts, clusters } = tables
  const memory = new RegistryMemory(resolver, rules)
  const admission = new Admission(tenants, quotas, limits)
  const registrar = new Registrar(tables, limits, memory, admission)
  const rollup = new Rollup(cells, (tenantId, hourEndMs) =>
    checkpoints.readHour(tenantId, hourEndMs),
  )
  const store = openMetricStore(bulk)
  const live = new LiveRing(cells.list, deps.liveLimits)
  const minuteEnds = new MinuteEnds(tables, rollup, staleMs)
  const receivedToday = new ReceivedToday(tables, (day) => checkpoints.keepReceived(day))
  const checkpoints = new Checkpoints({
    tables,
    rollup,
    minuteEnds,
    received: receivedToday,
    registrar,
    memory,
    store,
  })
  const settling = new Settling(tables, limits)
  const retiring = new Retiring(tables, registrar, limits)
  const seriesName = (slot: number): string => seriesText(registrar.describe(slot))
  const applier = new Applier(tables, limits, seriesName)
  const staging = new Staging(keys, registrar, clusters, limits)
  const receivedBefore: number[] = []
  let messageBytes = 0
  const takeRules = (): void => {
    const own = ownRows(memory.mapping())
    tables.mappings.setOwn(own)
    sources.setOwn(own)
  }
  /** Looks up again what was attributed otherwise before. */
  const follow = (learned: Learned): void => {
    if (learned.rules) {
      takeRules()
      registrar.reviewAll()
    } else if (learned.names) registrar.reassignUnattributed()
  }

  const onImbalance = (found: readonly string[]): void => {
    if (found.length === 0) return
    counters.add('tenantry_ingest_imbalances_total', found.length)
    log.error({ found: found.slice(0, 10) }, 'samples are not accounted for: a defect')
  }

  const stage = openStage({
    tables,
    staging,
    admission,
    registrar,
    applier,
    resolver: memory,
    seriesName,
    onApply(receivedAtMs) {
      settling.invalidate()
      minuteEnds.advance(receivedAtMs)
      receivedToday.begin(staging.entries, messageBytes, receivedAtMs)
    },
    onOutcome(outcome) {
      report(counters, outcome)
      reportNative(counters, staging.entries.native)
    },
    onImbalance,
  })

  const noteLive = (nowMs: number): void => {
    for (const cellId of cells.gauges) {
      if (minuteEnds.isLive(cellId)) live.note(cellId, cells.gaugeValue(cellId), nowMs)
    }
  }

  const reader: ReaderParts = {
    live,
    minutes: rollup,
    packedMinutes: (tenantId, range) => checkpoints.readHours(tenantId, range),
    spans: (tenantId, spanMs, range) => checkpoints.readSpans(tenantId, spanMs, range),
  }

  /** What came of each tenant since the last tick counts to the minute of this one. */
  const noteReceived = (nowMs: number): void => {
    const { tenantAccounts, received } = tables
    for (let tenant = 0; tenant < tenantAccounts.rows; tenant += 1) {
      const total = tenantAccounts.read(tenant, 'received')
      const since = total - (receivedBefore[tenant] ?? total)
      if (since > 0) received.note(tenant, nowMs, since)
      receivedBefore[tenant] = total
    }
  }

  function* minutePieces(nowMs: number): Generator<void, void> {
    tables.users.sweep(series)
    yield
    minuteEnds.advance(nowMs)
    minuteEnds.notePresent(nowMs)
    yield
    noteLive(nowMs)
    yield
    noteReceived(nowMs)
    onImbalance(imbalances(accounts, tables.tenantAccounts, tenants))
    yield
    const retired = retiring.step(nowMs)
    if (retired > 0) counters.add('tenantry_series_retired_total', retired)
    clusters.forget(Math.min(nowMs, tenants.newestMs()))
    const old = rollup.packOldHours(nowMs)
    if (old !== null) checkpoints.keepPacked(old.packed, old.minuteEndsMs)
  }

  counters.gauge('tenantry_series', () => series.used())
  counters.gauge('tenantry_cells', () => cells.list.length)
  counters.gauge('tenantry_ha_clusters', () => clusters.size)
  counters.gauge('tenantry_live_ring_bytes', () => live.bytes())
  if (deps.userLabels !== undefined) tables.users.nameBy(deps.userLabels)
  counters.gauge('tenantry_dimension_combinations', () => facets.size)
  counters.gauge('tenantry_dimension_overflow_series', () => facets.overflowed)

  return {
    stage(context, message, arrival) {
      memory.isReplaying = arrival?.isReplay === true
      if (!memory.isReplaying) follow(memory.look())
      messageBytes = message?.length ?? 0
      return stage(context, message, arrival)
    },
    decisions: () => memory.decisions(),
    confirmDecisions: () => memory.confirm(),
    learn: (decisions) => follow(memory.learn(decisions)),
    knownRegistry: () => memory.everything(),
    intake: openIntake(tables, admission, quotas),
    cardinality: (tenantId) =>
      cardinalityOf(series, (slot) => registrar.describe(slot), tenants.find(tenantId)),
    *gather() {
      yield* facets.gather()
      yield* cells.gather()
    },
    drain(nowMs) {
      const byFacet = facets.drain()
      const increments = Object.assign(cells.drain(), { byFacet })
      rollup.book(increments)
      live.book(increments, nowMs)
      return increments
    },
    cells: () => cells.list,
    settledToMs: (tenantId, nowMs) => settling.settledToMs(tenantId, nowMs),
    lastSampleAtMs: (tenantId) => tenants.timeOf(tenantId, LAST_SAMPLE_MS),
    firstSampleAtMs: (tenantId) => tenants.timeOf(tenantId, FIRST_SAMPLE_MS),
    totals: (tenantId) =>
      totalsOf({
        cells: cells.ofTenant(tenantId),
        total: (cellId) => cells.total(cellId),
        gaugeValue: (cellId) => cells.gaugeValue(cellId),
        isActive: (cellId) => sources.isActive(cells.feeds[cellId]!),
      }),
    rates: (tenantId, nowMs, spanSeconds) =>
      ratesOf(
        {
          cells: cells.ofTenant(tenantId),
          value: (cellId, minuteEndMs) => rollup.value(cellId, minuteEndMs),
          firstSampleAtMs: tenants.timeOf(tenantId, FIRST_SAMPLE_MS),
          lastSampleAtMs: tenants.timeOf(tenantId, LAST_SAMPLE_MS),
          staleMs,
        },
        nowMs,
        spanSeconds,
      ),
    query: (tenantId, query, nowMs) =>
      signalsOverTime(
        {
          reader,
          cells: cells.ofTenant(tenantId),
          kept: keptDays(tenantId),
          liveFromMs: live.wholeFromMs(),
          firstSampleAtMs: tenants.timeOf(tenantId, FIRST_SAMPLE_MS),
          lastSampleAtMs: tenants.timeOf(tenantId, LAST_SAMPLE_MS),
          settledToMs: settling.settledToMs(tenantId, nowMs),
          staleMs,
        },
        tenantId,
        query,
        nowMs,
      ),
    cellHour: (tenantId, hourEndMs) =>
      cellHour(reader, { tenantId, cells: cells.ofTenant(tenantId), hourEndMs }),
    usage: (tenantId, range) =>
      signalUsage(
        {
          readReceived: (days) => checkpoints.readReceived(tenantId, days),
          today: receivedToday.today(tenantId),
          readBytes: (days) => store.readBytes(tenantId, days),
        },
        range,
      ),
    makeDays: (nowMs) =>
      makeDays(
        {
          tenantIds: () => cells.tenantIds(),
          readSpans: (tenantId, spanMs, range) => checkpoints.readSpans(tenantId, spanMs, range),
          endsOf: (tenantId, spanMs) => store.readSpanEnds(tenantId, spanMs),
          keepDay: (day) => checkpoints.keepDay(day),
        },
        nowMs,
      ),
    expire: (nowMs) =>
      expire({ tenantIds: () => cells.tenantIds(), keptDays, store, counters }, nowMs),
    meanings: () => registrar.meanings(),
    sources: (tenantId, nowMs) =>
      sourcesOf(tables, tenantId, nowMs, limits.sourceSilenceSeconds * SECOND_MS),
    minutePieces,
    closeMinute(nowMs) {
      const pieces = minutePieces(nowMs)
      while (pieces.next().done !== true) continue
    },
    checkpoint: () => ({ writes: checkpoints.take() }),
    confirm: (ok) => checkpoints.confirm(ok),
    restore() {
      checkpoints.restore(takeRules)
      if (series.size() > 0) {
        log.info({ series: series.used(), cells: cells.list.length }, 'the series were read back')
      }
    },
    activeUsers(tenantId, nowMs) {
      const tenant = tenants.find(tenantId)
      const reported = cells
        .ofTenant(tenantId)
        .filter(({ signal, cellId }) => signal === 'active_users' && minuteEnds.isLive(cellId))
        .map(({ cellId }) => cells.gaugeValue(cellId))
      return activeUsersOf(
        reported.length === 0 ? null : reported.reduce((sum, value) => sum + value),
        tenant === undefined ? null : tables.users.distinct(tenant, nowMs),
      )
    },
    haClusters: () => haStatuses(clusters.list(), (context) => keys.context(context)),
    stats: () => ({ series: series.used(), cells: cells.list.length, accounts: accounts.all() }),
  }
}

function reportNative(counters: Counters, native: NativeTally): void {
  const count = (what: string, amount: number): void => {
    if (amount > 0) counters.add('tenantry_ingest_unkept_total', amount, { what })
  }
  count('exemplar', native.exemplars)
  count('metadata', native.metadata)
  count('coarse-buckets', native.coarse)
  count('min-max', native.extremes)
  count('quantile', native.quantiles)
}

function report(counters: Counters, outcome: WriteOutcome): void {
  const { shadowed, unmapped, unattributedByReason } = outcome
  if (shadowed > 0) counters.add('tenantry_samples_shadowed_total', shadowed)
  if (unmapped > 0) counters.add('tenantry_samples_unmapped_total', unmapped)
  for (const [reason, samples] of Object.entries(unattributedByReason)) {
    if (samples > 0) counters.add('tenantry_samples_unattributed_total', samples, { reason })
  }
}
