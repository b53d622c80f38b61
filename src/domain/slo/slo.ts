/** The door of the SLO engine: counts in, verdicts and conditions out, exact for every tenant
 *  and window, kept over restarts. */
import { assert } from '../../core/assert.ts'
import type { Condition } from '../../core/condition.ts'
import { UNATTRIBUTED, type SloId, type TenantId } from '../../core/ids.ts'
import type { SliSource } from '../../core/sli-source.ts'
import type { BulkWrite, BulkWriter, Counters, Log } from '../../core/ports.ts'
import type { TimeRange } from '../../core/time.ts'
import type { Cell, Increments } from '../metrics/cell.ts'
import { Attainments, type AttainmentSteps, type SloAttainment } from './attainment.ts'
import { Binding } from './binding.ts'
import { Booking } from './booking.ts'
import { Breakdown, type SloBreakdown } from './breakdown.ts'
import { Burndown, type SloBurndown } from './burndown.ts'
import { Checkpoint } from './checkpoint.ts'
import { clockConditions, type FiringClock } from './clock-conditions.ts'
import { PAGE_SLOTS } from './count-columns.ts'
import { CountsBetween } from './counts-between.ts'
import type { Corrections } from './corrections/corrections.ts'
import { ExclusionBook } from './exclusions.ts'
import { recomputeKind } from './errors.ts'
import { Evaluation } from './evaluation.ts'
import { HistoryLog } from './history-log.ts'
import {
  PastCounts,
  type Loadable,
  type PastOutcome,
  type PastRow,
} from './backfill/past-counts.ts'
import { PeriodCounts } from './period-counts.ts'
import {
  whyNotRecomputable,
  type RecomputedStatus,
  type SloRecount,
} from './recompute/recompute.ts'
import { recount, type RecountAsked, type SignalHours } from './recompute/recount.ts'
import { Periods } from './periods.ts'
import { Reading } from './reading.ts'
import { rollUpConditions, type FiringGroup } from './roll-up-conditions.ts'
import { RollUpSums } from './roll-up-sums.ts'
import { rollUpsAcrossTenants, type RollUpStatus } from './roll-ups.ts'
import { reopensInMsOf } from './reopening-of.ts'
import type { SloBudget } from './slo-budget.ts'
import { SloConditions } from './slo-conditions.ts'
import { NO_SLOT, Slots, type SloTenant, type SloTenants, type TenantSlo } from './slots.ts'
import { SourceClocks } from './source-clocks.ts'
import { Sparks } from './sparks.ts'
import type { SloStatus } from './status.ts'
import { markOf, stepOf, type SloStep } from './step.ts'
import type { SloTrial } from './trial/trial.ts'
import { tryPromise, type TrialAsked } from './trial/trials.ts'
import { sloBookOf, EMPTY_BOOK, type SloBook } from './model/slo-book.ts'
import { inputOf, isBucketInput } from './template.ts'

export type { SloTenants } from './slots.ts'
export type { DimensionBreakdown, SloBreakdown } from './breakdown.ts'
export type {
  AttainedCounts,
  AttainedStep,
  AttainmentExclusion,
  AttainmentSteps,
  SloAttainment,
} from './attainment.ts'
export type { BurndownExclusion, SloBurndown } from './burndown.ts'
export { periodAt } from './calendar.ts'
export {
  backfillNotWritten,
  correctionScope,
  recomputeKind,
  recomputeNotWritten,
  sloNotFound,
} from './errors.ts'
export { thresholdsOf } from './model/default-slos.ts'
export { openSloBook, type BookVersion, type SloBookKeeper } from './book.ts'
export {
  bookOfSlos,
  bookOfTemplates,
  sloBookOf,
  sloBookParts,
  sloBookSchema,
  type SloBook,
  type SloBookSpec,
} from './model/slo-book.ts'
export { allSlos } from './model/slo-book.ts'
export { promiseBookOf, type PromiseBook, type PromisedSlo } from './model/promised-slos.ts'
export { ppmOfPercent } from './model/percent.ts'
export { sloSpecSchema, type SloSpec } from './model/slo-spec.ts'
export { spanSeconds, spanText } from './model/span.ts'
export {
  EXPORT_FORMATS,
  exportSlos,
  IMPORT_FORMATS,
  importSlos,
  type ExportFormat,
  type Finding,
  type FormatFile,
  type ImportedSlos,
  type ImportFormat,
} from './formats/formats.ts'
export { lintSlos, type LintContext, type LintFinding, type SeenTraffic } from './lint.ts'
export { SLO_CONFIG_KINDS, sloDocuments, type SloDocuments } from './model/slo-documents.ts'
export {
  concerns,
  correctionRequestSchema,
  whyNotCorrectable,
  type Correction,
  type CorrectionRequest,
} from './corrections/correction.ts'
export { openCorrections, type Corrections } from './corrections/corrections.ts'
export { POLICY_ACTIONS, type BudgetPolicySpec } from './model/budget-policy.ts'
export { openBudgetPolicies, type BudgetPolicies } from './policy/policies.ts'
export type { PolicyState } from './policy/policy-view.ts'
export type { DeployGate, GateFreeze } from './policy/gate.ts'
export { gateOverrideRequestSchema, type GateOverride } from './policy/overrides.ts'
export { reviewClosingSchema, type BudgetReview } from './policy/reviews.ts'
export { publishedPolicies } from './policy/published-policies.ts'
export { appliesTo, signalsOf, type SloKind, type SloTier } from './template.ts'
export type { PolicyTransition } from './policy/transition.ts'
export type { SloBudget } from './slo-budget.ts'
export { EDGE_STEPS } from './edge-steps.ts'
export { BACKFILL_LIMITS, type Backfill } from './backfill/backfill.ts'
export { openBackfills, type Backfills } from './backfill/backfills.ts'
export { openCountTap, type CountTap, type TappedCount } from './backfill/count-tap.ts'
export {
  noPast,
  PAST_LEFT,
  type Loadable,
  type PastOutcome,
  type PastRow,
} from './backfill/past-counts.ts'
export type { JudgedTrial, SloTrial, TrialPair, TrialRaised } from './trial/trial.ts'
export { TRIAL_DAYS, triedPromiseSchema, type TriedPromise } from './trial/tried-promise.ts'
export type { TrialAsked } from './trial/trials.ts'
export {
  isChange,
  LEFT_REASONS,
  RECOMPUTE_LIMITS,
  recomputeReasonSchema,
  whyNotRecomputable,
  type LeftStretch,
  type Recompute,
  type SloRecount,
} from './recompute/recompute.ts'
export type { RecountAsked, SignalHours } from './recompute/recount.ts'
export { openRecomputes, type Recomputes } from './recompute/recomputes.ts'
export type { RollUpStatus } from './roll-ups.ts'
export { OWN_OUTCOMES, ownSloOf, type OwnPart, type OwnSlo } from './own-events.ts'
export { isImpact } from './impact-conditions.ts'
export { publishedSlos } from './published.ts'
export { SLO_STATES, type SloState, type SloStatus } from './status.ts'
export type { SloStep, StepAlert, StepWindow } from './step.ts'

export interface SloDeps {
  readonly bulk: BulkWriter
  readonly tenants: SloTenants
  /** The SLOs that are there without configuration where it is left out. */
  readonly book?: SloBook
  /** None without it. */
  readonly corrections?: Corrections
  /** Who counts what SLOs of kind `external` name. */
  readonly sources?: readonly SliSource[]
  /** Names of what gains are told apart by, in the order of their values. */
  readonly dimensions?: readonly string[]
  /** Whose hours the past is counted again from. Without them it is not. */
  readonly signals?: SignalHours
  /** Tells of a past that was counted again. */
  readonly recomputed?: (tenantId: TenantId, sloId: SloId) => RecomputedStatus | null
  /** How much memory counts by dimension may take. */
  readonly breakdownBytes?: number
  readonly log: Log
  readonly counters: Counters
}

export interface Slo {
  /** Takes another book into use, with the next evaluation at the latest. Counts are kept, and what
   *  they were judged by stays: see `ObjectiveHistory`. */
  follow(book: SloBook): void
  /** Binds the cells that are new since the last call, or the first of them, and follows the
   *  registry. Tells whether some are left. Shape: always the whole, append-only list. */
  learn(cells: readonly Cell[], most?: number): boolean
  /** Takes gains, which the next evaluation or checkpoint books, in slices. Late ones land where
   *  they belong and the windows follow. Ownership: copies; the columns may be reused. */
  book(increments: Increments): void
  /** Books what waits. Shape: each yield is a place to pause. */
  bookPieces(): Generator<void, void>
  /** Starts an evaluation. The functions answer for active tenants until the evaluation is
   *  complete. */
  beginEvaluation(
    nowMs: number,
    settledToMs: (tenantId: TenantId) => number,
    lastSampleAtMs: (tenantId: TenantId) => number | null,
  ): void
  /** Goes on until it is done (true) or told to pause (false). Cost: looks at the clock about
   *  every 0.1 ms. */
  evaluateSlice(shouldPause: () => boolean): boolean
  /** Takes the conditions that hold, and those that ceased; after a start also every key there
   *  is once, some hundred tenants at a time, so that what ceased while nobody looked resolves.
   *  One that ceased is told a few times over, in case the first was lost. */
  conditions(): Condition[]
  /** Tells the conditions of what runs against a limit: those that hold, and the end of those that
   *  fire and nothing keeps open any more. */
  clockConditions(firing: Iterable<FiringClock>, nowMs: number): Condition[]
  /** Tells the conditions of groups of tenants, under the name of the group (`groupId`): those that
   *  hold, and the end of those that fire and hold no more. After an evaluation. */
  rollUpConditions(firing: Iterable<FiringGroup>, nowMs: number): Condition[]
  /** Tells how each of a tenant's SLOs stands. Shape: by template; empty for a tenant that is
   *  not active. */
  status(tenantId: TenantId): SloStatus[]
  statusAcrossTenants(): Iterable<SloStatus>
  /** Tells how each of a tenant's SLOs stands, for whoever looks after every evaluation. Shape: by
   *  template, in the order of `step`. Two equal marks: neither the state nor an alert changed.
   *  Cost: about a microsecond an SLO. */
  marks(tenantId: TenantId): number[]
  /** Tells what each of a tenant's SLOs counted and decided in the last evaluation. */
  steps(tenantId: TenantId): SloStep[]
  /**
   * Tells what policies judge budgets by. Shape: of every SLO of a tenant that events are counted
   * for; not of those that a source counts; empty for a tenant that is not active.
   */
  budgets(tenantId: TenantId): SloBudget[]
  /** Tells when so much of a budget is left again, if events go on coming as in the last hour. Null
   *  when that is not within the period, and for a composite, of which it cannot be told. Cost:
   *  reads the period once. */
  reopensInMs(tenantId: TenantId, sloId: SloId, leftPpm: number): number | null
  /** Lists who counts something, by name. */
  sources(): readonly string[]
  /** Tells how the SLOs stand that are added up over tenants. Shape: by template, then by tier. */
  rollUps(): RollUpStatus[]
  /** Tells what the first template of response times takes for fast enough. Null without one. */
  responseThresholdSeconds(): number | null
  /** Tells the worst one-hour burn of each of the last sixty minutes, oldest first. Null where
   *  nothing was counted. */
  burnSpark(tenantId: TenantId, nowMs: number): (number | null)[]
  /** Tells where the bad events of an SLO came from, by dimension, over at most six hours. Two SLOs
   *  that read the same events are answered alike. Undefined where there is no such SLO. */
  breakdown(tenantId: TenantId, sloId: SloId, range: TimeRange): SloBreakdown | undefined
  /**
   * Tells how the budget of the present period was spent, step by step: at most about 800 steps,
   * whatever the period. Undefined where the tenant has no such SLO, or it counts nothing itself.
   */
  burndown(tenantId: TenantId, sloId: SloId): SloBurndown | undefined
  /**
   * Opens a look back over a stretch, for what a tenant's SLOs attained in it. Shape: of each SLO
   * that counts, by template; empty for a tenant that is not active. A stretch may reach back two
   * quarters of a year; what was not counted then is not there.
   */
  attainments(stretch: AttainmentSteps): (tenantId: TenantId) => SloAttainment[]
  /** Judges what is stored of an SLO by another objective, period or other pairs, beside what is
   *  promised now. Shape: each yield is a place to pause. Undefined where there is no such SLO.
   *  Throws SLO_TRIAL_COUNTS when it is run, of an SLO that counts nothing itself. */
  tryPromise(
    tenantId: TenantId,
    sloId: SloId,
    asked: TrialAsked,
  ): Generator<void, SloTrial> | undefined
  /** Tells what of a tenant's past may be loaded, and what was. Shape: by SLO that counts events of
   *  its own; empty for a tenant that is not active. */
  loadable(tenantId: TenantId): Loadable[]
  /** Loads what an SLO counted before anything came. Once: what is loaded or was counted as it came
   *  stays as it is, and the outcome says so. Nothing is raised because of it. */
  load(row: PastRow, outcome: PastOutcome): void
  /**
   * Counts the past of an SLO again by the definition that holds now, out of the signals that are
   * stored, or tells what that would change. Nothing is raised because of it. Shape: each yield is
   * a place to pause. Undefined where there is no such SLO. Throws SLO_RECOMPUTE_KIND, and
   * SLO_RECOMPUTE_CHANGED when it is run.
   */
  recount(
    tenantId: TenantId,
    sloId: SloId,
    asked: RecountAsked,
  ): Generator<void, SloRecount> | undefined
  /** Takes what a restart needs. One at a time: `confirm` says whether it was written. */
  checkpoint(): { writes: BulkWrite[] }
  confirm(ok: boolean): void
  /** Reads the last written checkpoint. Throws SLO_STATE_DAMAGED. */
  restore(): void
}

/** Opens an engine that has counted nothing. Throws SLO_TARGET on a template that allows no
 *  failure. */
export function openSlo(deps: SloDeps): Slo {
  const { bulk, tenants, log, counters } = deps
  const history = new HistoryLog((page, place) => page.id * PAGE_SLOTS + place)
  const sources = deps.sources ?? []
  const slots = new Slots(deps.book ?? sloBookOf(EMPTY_BOOK), tenants, history, sources)
  const binding = new Binding(slots)
  const booking = new Booking(slots, binding, counters)
  const breakdown = new Breakdown({
    binding,
    dimensions: deps.dimensions ?? [],
    bulk,
    counters,
    ...(deps.breakdownBytes === undefined ? {} : { maxBytes: deps.breakdownBytes }),
  })
  const between = new CountsBetween({ slots, history, bulk })
  const exclusions = new ExclusionBook(slots, deps.corrections ?? null)
  const counts = new PeriodCounts({ slots, between })
  const clocks = new SourceClocks(sources)
  const periods = new Periods({ slots, counts })
  const reading = new Reading({
    slots,
    counts,
    periods,
    exclusions,
    clocks,
    recomputed: deps.recomputed ?? (() => null),
  })
  const conditions = new SloConditions({ reading, periods })
  const burndown = new Burndown({ counts, exclusions, periods })
  const attainments = new Attainments({ counts, exclusions })
  const sparks = new Sparks()
  const rollUpSums = new RollUpSums(slots, periods)
  const evaluation = new Evaluation({
    slots,
    booking,
    breakdown,
    history,
    reading,
    conditions,
    sparks,
    exclusions,
    clocks,
    rollUps: rollUpSums,
  })
  slots.beforeGiving = (tenant) => evaluation.end(tenant, slots.causes)
  const past = new PastCounts(slots, history)
  const checkpoint = new Checkpoint({ slots, history, sparks, past, bulk })
  /** Cells of tenants that have no slots. */
  const unclaimed = new Map<TenantId, Cell[]>()
  /** The cells that were told of, and how many of them, from the first, are bound or unclaimed. */
  let allCells: readonly Cell[] = []
  let cellsSeen = 0
  /** A book that comes into use once no evaluation is under way. */
  let waitingBook: SloBook | null = null
  let running: Generator<void, void> | null = null

  counters.gauge('tenantry_slo_slots', () => slots.count)

  function follow(): void {
    followBook()
    const { arrived, changed } = slots.refresh()
    for (const tenant of arrived) {
      const cells = unclaimed.get(tenant.tenantId)
      unclaimed.delete(tenant.tenantId)
      if (cells !== undefined) bind(tenant, cells)
    }
    for (const tenant of changed) {
      const cells = allCells.filter(
        ({ tenantId }, index) => index < cellsSeen && tenantId === tenant.tenantId,
      )
      flush()
      binding.release(tenant, cells)
      binding.bind(tenant, cells)
    }
  }

  function followBook(): void {
    if (waitingBook === null || running !== null) return
    flush()
    slots.follow(waitingBook)
    waitingBook = null
    binding.begin()
    breakdown.follow()
    for (const [tenantId, cells] of byTenant(allCells, 0, cellsSeen)) {
      const tenant = slots.tenant(tenantId)
      if (tenant !== undefined) binding.bind(tenant, cells)
    }
  }

  function flush(): void {
    booking.flush()
    breakdown.flush()
  }

  /** What came before is booked first, with the binding that it came under. */
  function bind(tenant: SloTenant, cells: readonly Cell[]): void {
    flush()
    binding.bind(tenant, cells)
  }

  function keepForLater(tenantId: TenantId, cells: readonly Cell[]): void {
    unclaimed.set(tenantId, [...(unclaimed.get(tenantId) ?? []), ...cells])
  }

  function shownSlos(tenant: SloTenant | undefined): readonly TenantSlo[] {
    if (tenant === undefined || !tenant.active) return []
    return tenant.slos.filter(({ upper, sourced }) => upper !== NO_SLOT || sourced !== null)
  }

  /** Lists the SLOs that events are counted for here. */
  function countedSlos(tenant: SloTenant | undefined): readonly TenantSlo[] {
    return shownSlos(tenant).filter(({ sourced }) => sourced === null)
  }

  function* statusOf(tenantId: TenantId): Generator<SloStatus> {
    const tenant = slots.tenant(tenantId)
    for (const slo of shownSlos(tenant)) yield reading.status(tenant!, slo, evaluation.moment)
  }

  return {
    follow(book) {
      waitingBook = book
      followBook()
    },
    learn(cells, most = Infinity) {
      follow()
      breakdown.learn(cells)
      const until = Math.min(cells.length, cellsSeen + most)
      for (const [tenantId, own] of byTenant(cells, cellsSeen, until)) {
        const tenant = slots.tenant(tenantId)
        if (tenant === undefined) keepForLater(tenantId, own)
        else bind(tenant, own)
      }
      allCells = cells
      cellsSeen = until
      return until < cells.length
    },
    book(increments) {
      booking.take(increments)
      if (increments.byFacet !== undefined) breakdown.take(increments.byFacet)
    },
    *bookPieces() {
      yield* booking.pieces()
      yield* breakdown.pieces()
    },
    beginEvaluation(nowMs, settledToMs, lastSampleAtMs) {
      assert(running === null, 'no evaluation under way')
      follow()
      running = evaluation.run(nowMs, { settledToMs, lastSampleAtMs })
    },
    evaluateSlice(shouldPause) {
      const current = running
      assert(current !== null, 'an evaluation that was begun')
      // One that throws is over: the next tick begins anew.
      running = null
      while (current.next().done !== true) {
        if (!shouldPause()) continue
        running = current
        return false
      }
      return true
    },
    conditions: () => evaluation.takeConditions(),
    rollUpConditions: (firing, nowMs) => rollUpConditions(rollUpSums, firing, nowMs),
    clockConditions: (firing, nowMs) => clockConditions({ slots, clocks }, firing, nowMs),
    status: (tenantId) => [...statusOf(tenantId)],
    *statusAcrossTenants() {
      for (const { tenantId } of slots.tenants) yield* statusOf(tenantId)
    },
    marks(tenantId) {
      const tenant = slots.tenant(tenantId)
      return shownSlos(tenant).map((slo) =>
        markOf(reading.outcome(tenant!, slo, evaluation.moment)),
      )
    },
    steps(tenantId) {
      const tenant = slots.tenant(tenantId)
      return shownSlos(tenant).map((slo) => stepOf(reading, tenant!, slo, evaluation.moment))
    },
    budgets(tenantId) {
      const tenant = slots.tenant(tenantId)
      return countedSlos(tenant).map((slo) => reading.budget(tenant!, slo, evaluation.moment))
    },
    reopensInMs(tenantId, sloId, leftPpm) {
      const found = countedSlos(slots.tenant(tenantId)).find(
        ({ objective }) => objective.template.sloId === sloId,
      )
      if (found === undefined) return null
      const { nowMs } = evaluation.moment
      return reopensInMsOf({ slots, between, reading, periods }, found, { leftPpm, nowMs })
    },
    sources: () => sources.map(({ name }) => name),
    rollUps: () =>
      rollUpsAcrossTenants({ slots, periods, sums: rollUpSums }, evaluation.moment.nowMs),
    responseThresholdSeconds() {
      const inputs = slots.templates.map(inputOf).filter((input) => input !== null)
      const first = inputs.filter(isBucketInput).find(({ signal }) => signal === 'duration')
      return first?.thresholdSeconds ?? null
    },
    burnSpark(tenantId, nowMs) {
      return sparks.read(slots.tenant(tenantId)?.first ?? NO_SLOT, nowMs)
    },
    breakdown(tenantId, sloId, range) {
      const template = slots.templates.findIndex((candidate) => candidate.sloId === sloId)
      const input = template < 0 ? -1 : binding.inputs.ofTemplate[template]!
      if (input < 0) return undefined
      return { ...breakdown.read(tenantId, input, range), sloId }
    },
    burndown(tenantId, sloId) {
      const tenant = slots.tenant(tenantId)
      const slo = shownSlos(tenant).find(({ objective }) => objective.template.sloId === sloId)
      return slo === undefined ? undefined : burndown.read(tenant!, slo)
    },
    attainments(stretch) {
      const read = attainments.over(stretch)
      return (tenantId) => {
        const tenant = slots.tenant(tenantId)
        return shownSlos(tenant).map((slo) => read(tenant!, slo))
      }
    },
    tryPromise(tenantId, sloId, asked) {
      const tenant = slots.tenant(tenantId)
      const slo = shownSlos(tenant).find(({ objective }) => objective.template.sloId === sloId)
      if (tenant === undefined || slo === undefined) return undefined
      const { nowMs } = evaluation.moment
      return tryPromise({ slots, history, between, bulk }, { tenant, slo, nowMs }, asked)
    },
    recount(tenantId, sloId, asked) {
      const tenant = slots.tenant(tenantId)
      const slo = shownSlos(tenant).find(({ objective }) => objective.template.sloId === sloId)
      if (slo === undefined) return undefined
      const why = whyNotRecomputable(slo.objective.template)
      if (why !== null) throw recomputeKind(why)
      const { signals } = deps
      assert(signals !== undefined, 'signals to count again')
      const parts = { slots, history, bulk, binding, booking, between, signals }
      return recount(parts, { tenantId, sloId }, asked)
    },
    loadable: (tenantId) =>
      slots.tenant(tenantId)?.active === true ? past.loadable(tenantId) : [],
    load(row, outcome) {
      // What came before is counted as it came, and no more to be loaded.
      booking.flush()
      past.load(row, outcome)
    },
    checkpoint() {
      booking.flush()
      breakdown.flush()
      return { writes: [...checkpoint.take(), ...breakdown.takeChanged()] }
    },
    confirm(ok) {
      checkpoint.confirm(ok)
      breakdown.confirm(ok)
    },
    restore() {
      checkpoint.restore()
      breakdown.restore()
      log.info({ slots: slots.count, pages: slots.pages.length }, 'SLO state restored')
    },
  }
}

/** Groups cells by tenant, by place from one up to another. */
function byTenant(cells: readonly Cell[], from: number, until: number): Map<TenantId, Cell[]> {
  const groups = new Map<TenantId, Cell[]>()
  for (let i = from; i < until; i += 1) {
    const cell = cells[i]!
    if (cell.tenantId === UNATTRIBUTED) continue
    const group = groups.get(cell.tenantId)
    if (group === undefined) groups.set(cell.tenantId, [cell])
    else group.push(cell)
  }
  return groups
}
