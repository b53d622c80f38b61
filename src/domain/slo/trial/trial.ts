/**
 * How an SLO would have stood with another objective, period or other pairs of windows: what would
 * have been raised when, and what of the budget would be left, judged by what is stored of the
 * tenant's counts and by nothing else. Beside it the same by what is promised now, judged in the
 * same steps, so that the two can be compared.
 *
 * Where pairs ask for windows shorter than two hours, steps are minutes as far back as minutes are
 * kept; before, and where no pair asks for them, five minutes. A window ends on the edges of its
 * length, or of what is stored where that is coarser. As in `raise.ts` a page ends when the short
 * windows of all its pairs have recovered, and no ticket begins beside a page.
 */
import { allowedPpm, budgetLeftEvents, budgetLeftRatio, type Counted } from '../budget.ts'
import { exceeds } from '../burn.ts'
import { periodAt } from '../calendar.ts'
import { edgeStepSeconds, periodStepSeconds } from '../edge-steps.ts'
import { HISTORY_COARSE_TICKS } from '../history-steps.ts'
import type { Period } from '../model/period.ts'
import type { JudgedPair, Objective } from '../objective.ts'
import { causesOf, raisedOf, type CauseGroup, type Voice } from '../raise.ts'
import {
  PAIR_ACTIONS,
  SPEEDS,
  TICK_MS,
  TICK_SECONDS,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
} from '../windows.ts'
import type { PairAction, Speed } from '../windows.ts'
import type { StoredCounts } from './stored-counts.ts'

/** Points of a budget's line. */
const POINTS = 360
/** Steps between two looks at the clock. */
const STEPS_A_PIECE = 256
/** Intervals that are listed: the newest. */
const LISTED = 200

/** A stretch of time, (fromMs, toMs]. `isOpen`: it holds at the end of what was judged. */
export interface TrialSpan {
  fromMs: number
  toMs: number
  isOpen: boolean
}

export interface TrialPair {
  speed: Speed
  action: PairAction
  longSeconds: number
  shortSeconds: number
  threshold: number
  /** How often it held, and for how long. */
  fired: number
  firedSeconds: number
  /** For how long it would have held had there been enough events. */
  suppressedSeconds: number
}

export interface TrialRaised extends TrialSpan {
  action: PairAction
  /** The fastest pair of it. */
  speed: Speed
}

export interface JudgedTrial {
  objectivePpm: number
  period: Period
  periodSeconds: number
  /** Of the period that ends now, in events or minutes. */
  good: number
  bad: number
  total: number
  sliRatio: number | null
  budgetLeftRatio: number | null
  budgetLeftEvents: number | null
  /** The least that was left at a point of the line. */
  lowestLeftRatio: number | null
  /** The line, by `SloTrial.endsMs`: of the period that ended then. */
  leftRatio: (number | null)[]
  pairs: TrialPair[]
  /** Oldest first, the newest two hundred. */
  raised: TrialRaised[]
  pages: number
  tickets: number
  pageSeconds: number
  ticketSeconds: number
}

export interface SloTrial {
  /** What was judged: (fromMs, toMs]. */
  fromMs: number
  toMs: number
  /** Since when anything is stored. Null for nothing. */
  countedFromMs: number | null
  /** In which steps, oldest first. */
  resolutions: { fromMs: number; toMs: number; stepSeconds: number }[]
  endsMs: number[]
  current: JudgedTrial
  tried: JudgedTrial
}

export interface TrialWanted {
  readonly fromTick: number
  readonly toTick: number
  readonly current: Objective
  readonly tried: Objective
}

/** Judges both. Shape: each yield is a place to pause. */
export function* judgeTrial(
  counts: StoredCounts,
  { fromTick, toTick, current, tried }: TrialWanted,
): Generator<void, SloTrial> {
  const steps = stepsOf(counts, { fromTick, toTick }, [current, tried])
  const points = pointsOf(fromTick, toTick)
  const judge = function* (objective: Objective): Generator<void, JudgedTrial> {
    const raised = yield* judgePairs(counts, objective, steps)
    return { ...raised, ...judgeBudget(counts, objective, points) }
  }
  const first = counts.firstCountedTick()
  return {
    fromMs: fromTick * TICK_MS,
    toMs: toTick * TICK_MS,
    countedFromMs: first === null ? null : first * TICK_MS,
    resolutions: steps.map(({ fromTick: from, toTick: to, stepTicks }) => ({
      fromMs: from * TICK_MS,
      toMs: to * TICK_MS,
      stepSeconds: stepTicks * TICK_SECONDS,
    })),
    endsMs: points.map((tick) => tick * TICK_MS),
    current: yield* judge(current),
    tried: yield* judge(tried),
  }
}

/** What is judged in steps of one length. */
interface Stretch {
  readonly fromTick: number
  readonly toTick: number
  readonly stepTicks: number
}

function stepsOf(
  { minuteFromTick }: StoredCounts,
  { fromTick, toTick }: { readonly fromTick: number; readonly toTick: number },
  objectives: readonly Objective[],
): Stretch[] {
  const isFine = objectives.some(({ pairs }) =>
    pairs.some((pair) => edgeTicks(pair.shortSeconds) < HISTORY_COARSE_TICKS),
  )
  // Windows that end on a minute or less are shorter than two hours: all of such a one is by the
  // minute.
  const fineFrom = isFine ? Math.max(fromTick, minuteFromTick + 2 * TICKS_PER_HOUR) : toTick
  const stretches = [
    { fromTick, toTick: Math.min(fineFrom, toTick), stepTicks: HISTORY_COARSE_TICKS },
    { fromTick: Math.min(fineFrom, toTick), toTick, stepTicks: TICKS_PER_MINUTE },
  ]
  return stretches.filter((stretch) => stretch.fromTick < stretch.toTick)
}

type RaisedPart = Pick<
  JudgedTrial,
  'pairs' | 'raised' | 'pages' | 'tickets' | 'pageSeconds' | 'ticketSeconds'
>

function* judgePairs(
  counts: StoredCounts,
  objective: Objective,
  stretches: readonly Stretch[],
): Generator<void, RaisedPart> {
  const [group] = causesOf([objective.template]) as [CauseGroup]
  const pairs = objective.pairs.map((pair) => new TriedPair(pair))
  const raised: TrialRaised[] = []
  const open: Record<PairAction, TrialRaised | null> = { page: null, ticket: null }
  let mask = 0
  let steps = 0
  for (const { fromTick, toTick, stepTicks } of stretches) {
    const firstTick = (Math.floor(fromTick / stepTicks) + 1) * stepTicks
    for (let tick = firstTick; tick <= toTick; tick += stepTicks) {
      let [holding, lingering] = [0, 0]
      for (const pair of pairs) {
        pair.judge(counts, tick, stepTicks)
        if (pair.holds) holding |= pair.pair.bit
        if (pair.lingers) lingering |= pair.pair.bit
      }
      if ((holding | mask) !== 0) {
        const facts = { holding: [holding], lingering: [lingering], raised: [mask], silent: false }
        const now = raisedOf(group, facts)
        mask = 0
        for (const action of PAIR_ACTIONS) {
          const voice = now[action]
          if (voice !== null) mask |= 1 << voice.speedIndex
          open[action] = follow(open[action], { action, voice, tick, raised })
        }
      }
      steps += 1
      if (steps % STEPS_A_PIECE === 0) yield
    }
  }
  const endMs = (stretches.at(-1)?.toTick ?? 0) * TICK_MS
  for (const each of Object.values(open)) {
    if (each !== null) Object.assign(each, { toMs: endMs, isOpen: true })
  }
  const of = (action: PairAction): TrialRaised[] => raised.filter((each) => each.action === action)
  return {
    pairs: pairs.map((pair) => pair.told()),
    raised: raised.slice(-LISTED),
    pages: of('page').length,
    tickets: of('ticket').length,
    pageSeconds: secondsOf(of('page')),
    ticketSeconds: secondsOf(of('ticket')),
  }
}

/** Opens, goes on with or closes what an action has raised. */
function follow(
  open: TrialRaised | null,
  told: {
    readonly action: PairAction
    readonly voice: Voice | null
    readonly tick: number
    readonly raised: TrialRaised[]
  },
): TrialRaised | null {
  const { action, voice, tick, raised } = told
  const atMs = tick * TICK_MS
  if (voice === null) {
    if (open !== null) open.toMs = atMs
    return null
  }
  const speed = SPEEDS[voice.speedIndex]!
  if (open === null) {
    const opened = { action, speed, fromMs: atMs, toMs: atMs, isOpen: false }
    raised.push(opened)
    return opened
  }
  if (SPEEDS.indexOf(speed) < SPEEDS.indexOf(open.speed)) open.speed = speed
  return open
}

/** A pair of windows that moves over stored counts. */
class TriedPair {
  readonly pair: JudgedPair
  holds = false
  lingers = false
  readonly #long: MovingWindow
  readonly #short: MovingWindow
  #fired = 0
  #firedTicks = 0
  #suppressedTicks = 0

  constructor(pair: JudgedPair) {
    this.pair = pair
    this.#long = new MovingWindow(pair.longSeconds)
    this.#short = new MovingWindow(pair.shortSeconds)
  }

  judge(counts: StoredCounts, tick: number, stepTicks: number): void {
    const { limit, release, minBadEvents, minTotalEvents } = this.pair
    const long = this.#long.at(counts, tick, stepTicks)
    const short = this.#short.at(counts, tick, stepTicks)
    const burns = exceeds(long.bad, long.total, limit) && exceeds(short.bad, short.total, limit)
    const isEnough = long.bad >= minBadEvents && long.total >= minTotalEvents
    const holds = burns && isEnough
    if (holds && !this.holds) this.#fired += 1
    if (holds) this.#firedTicks += stepTicks
    else if (burns) this.#suppressedTicks += stepTicks
    this.holds = holds
    this.lingers = exceeds(short.bad, short.total, release)
  }

  told(): TrialPair {
    const { speed, action, longSeconds, shortSeconds, threshold } = this.pair
    return {
      speed,
      action,
      longSeconds,
      shortSeconds,
      threshold,
      fired: this.#fired,
      firedSeconds: this.#firedTicks * TICK_SECONDS,
      suppressedSeconds: this.#suppressedTicks * TICK_SECONDS,
    }
  }
}

/** What a window counts that ends on its last edge. */
class MovingWindow {
  readonly #spanTicks: number
  readonly #edgeTicks: number
  #endTick = -1
  #count: Counted = { total: 0, bad: 0 }

  constructor(seconds: number) {
    this.#spanTicks = seconds / TICK_SECONDS
    this.#edgeTicks = edgeTicks(seconds)
  }

  at(counts: StoredCounts, tick: number, stepTicks: number): Counted {
    const edge = Math.max(this.#edgeTicks, stepTicks)
    const endTick = Math.floor(tick / edge) * edge
    if (endTick === this.#endTick) return this.#count
    this.#endTick = endTick
    this.#count = counts.between(endTick - this.#spanTicks, endTick)
    return this.#count
  }
}

type BudgetPart = Omit<JudgedTrial, keyof RaisedPart>

function judgeBudget(
  counts: StoredCounts,
  { template, targetPpm, units }: Objective,
  points: readonly number[],
): BudgetPart {
  const { period, periodSeconds } = template
  const countAt = (tick: number): Counted => counts.between(beginOf(period, tick), tick)
  const leftAt = (count: Counted): number | null =>
    budgetLeftRatio(count, allowedPpm(count.total, targetPpm))
  const leftRatio = points.map((tick) => leftAt(countAt(tick)))
  const last = countAt(points.at(-1)!)
  const leftEvents = budgetLeftEvents(last, allowedPpm(last.total, targetPpm))
  const known = leftRatio.filter((ratio) => ratio !== null)
  return {
    objectivePpm: targetPpm,
    period,
    periodSeconds,
    good: (last.total - last.bad) / units,
    bad: last.bad / units,
    total: last.total / units,
    sliRatio: last.total > 0 ? (last.total - last.bad) / last.total : null,
    budgetLeftRatio: leftAt(last),
    budgetLeftEvents: leftEvents === null ? null : leftEvents / units,
    lowestLeftRatio: known.length === 0 ? null : Math.min(...known),
    leftRatio,
  }
}

/** Tells where the period begins that a person reads at a time: see `SlotPage.periodRange`. */
export function beginOf(period: Period, tick: number): number {
  if (period.kind === 'calendar') {
    return periodAt(tick * TICK_MS, period.unit, period.zone).startMs / TICK_MS
  }
  const edge = periodStepSeconds(period.seconds) / TICK_SECONDS
  return Math.floor(tick / edge) * edge - period.seconds / TICK_SECONDS
}

/** Spreads the points of a line over a range, on whole minutes; the last is its end. */
function pointsOf(fromTick: number, toTick: number): number[] {
  const stepTicks =
    Math.ceil((toTick - fromTick) / POINTS / HISTORY_COARSE_TICKS) * HISTORY_COARSE_TICKS
  const points: number[] = []
  for (let tick = toTick; tick > fromTick; tick -= stepTicks) points.unshift(tick)
  return points
}

function edgeTicks(seconds: number): number {
  return edgeStepSeconds(seconds) / TICK_SECONDS
}

function secondsOf(spans: readonly TrialSpan[]): number {
  return spans.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1_000, 0)
}
