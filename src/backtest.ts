/**
 * Replays a history of samples through the server's own stages under a simulated time: what would
 * have been evaluated and alerted. Nothing is listened to, nothing is delivered, and what is kept
 * meanwhile lies in a temporary directory.
 *
 * A step ends at every multiple of its length. Samples that arrive up to then are in it, and the
 * evaluation at its end sees all of them: a history is complete, so by default nothing waits for
 * late ones, and windows end where the step does wherever their edges allow.
 */
import { assert } from './core/assert.ts'
import type { Condition } from './core/condition.ts'
import type { TenantId } from './core/ids.ts'
import { LABELS } from './core/names/labels.ts'
import { RATIO_METRICS } from './core/names/signals.ts'
import { HOUR_MS, SECOND_MS } from './core/time.ts'
import type { WriteOutcome } from './domain/metrics/metrics.ts'
import {
  bookOfTemplates,
  openSlo,
  OWN_OUTCOMES,
  type OwnPart,
  type OwnSlo,
  type Slo,
  type SloBook,
  type SloStep,
} from './domain/slo/slo.ts'
import { systemClock } from './machinery/runtime/clock.ts'
import type { WireLabel } from './machinery/wire/labels.ts'
import { beginTick } from './pipeline.ts'
import { ReplayedMetrics, type Outcomes, type ReplayOptions } from './replayed-metrics.ts'

/** After so many steps other work gets a turn. */
const STEPS_A_TURN = 256
/** What is in memory only is written away so often. */
const CHECKPOINT_MS = 6 * HOUR_MS

export interface BacktestOptions extends ReplayOptions {
  /** SLOs that count signals. */
  readonly book: SloBook
  /** SLOs that count metrics of their own: each has stages of its own. */
  readonly own?: readonly OwnSlo[]
  readonly stepSeconds: number
  /** Not only those in which something changed. */
  readonly isEveryStepTold?: boolean
  readonly onStep: (step: BacktestStep) => void
  /** Told to end before the end: then `sample` rejects with its reason. */
  readonly signal?: AbortSignal
}

/** What would have been raised through an SLO: one alert a cause and action. */
export interface Raised {
  readonly cause: string
  readonly action: string
  /** Null for a tenant's silence, which is all its SLOs'. */
  readonly speed: string | null
  readonly summary: string
}

export interface BacktestStep extends SloStep {
  readonly atMs: number
  readonly tenantId: TenantId
  readonly raised: readonly Raised[]
  /** The state, an alert's state or what is raised is not what it was in the step before. */
  readonly isChange: boolean
}

/** What became of the samples: of those of the signals, or of the first SLO of own metrics. */
export type BacktestTally = Pick<
  WriteOutcome,
  'attributed' | 'duplicate' | 'unmapped' | 'shadowed'
> & {
  readonly samples: number
  /** Of the samples: those that SLOs of own metrics count. */
  readonly own: number
  readonly unattributed: Readonly<Record<string, number>>
  readonly discarded: Readonly<Record<string, number>>
  readonly messages: readonly string[]
}

export interface Backtest {
  /** Takes a series and gives it a number. A metric's number is that of a start that it shares. */
  define(labels: readonly WireLabel[], metric: number): number
  /** Says when the series of a metric began to count; for their samples from now on. */
  start(metric: number, startMs: number): void
  /** Takes a sample that arrives at a time. Shape: arrivals in order. Runs the steps that ended
   *  before it. Wait for what is returned. */
  sample(
    arrivesMs: number,
    series: number,
    timestampMs: number,
    value: number,
  ): Promise<void> | void
  /** Runs the last step. */
  finish(): Promise<void>
  tally(): BacktestTally
  close(): Promise<void>
}

/** Opens a replay that has seen nothing. */
export function openBacktest(options: BacktestOptions): Backtest {
  assert(60 % options.stepSeconds === 0 && options.stepSeconds >= 1, 'a step that divides a minute')
  return new Replay(options)
}

/** Hands samples to lanes and lets time pass, for all of them at once. */
class Replay implements Backtest {
  readonly #clock = systemClock()
  readonly #signal: AbortSignal | undefined
  readonly #stepMs: number
  readonly #signals: Lane | null
  readonly #own: readonly OwnLane[]
  readonly #lanes: readonly Lane[]
  /** By series: its number in each lane, or -1 where it counts nothing. */
  readonly #series: { readonly signals: number; readonly own: readonly number[] }[] = []
  #samples = 0
  #ownSamples = 0
  #steps = 0
  /** When the step under way ends. */
  #endMs = -1
  #checkpointMs = 0

  constructor(options: BacktestOptions) {
    this.#signal = options.signal
    this.#stepMs = options.stepSeconds * SECOND_MS
    this.#signals = options.book.templates.length > 0 ? new Lane(options, options.book) : null
    this.#own = (options.own ?? []).map((slo) => new OwnLane(options, slo))
    this.#lanes = [
      ...(this.#signals === null ? [] : [this.#signals]),
      ...this.#own.map(({ lane }) => lane),
    ]
  }

  define(labels: readonly WireLabel[], metric: number): number {
    const signals = this.#signals?.define(labels, metric) ?? -1
    const own = this.#own.map((lane) => lane.define(labels, metric))
    const counted = own.every((series) => series < 0) ? [] : own
    return this.#series.push({ signals, own: counted }) - 1
  }

  start(metric: number, startMs: number): void {
    for (const lane of this.#lanes) lane.start(metric, startMs)
  }

  sample(
    arrivesMs: number,
    series: number,
    timestampMs: number,
    value: number,
  ): Promise<void> | void {
    if (arrivesMs <= this.#endMs) return this.#add(series, timestampMs, value)
    return this.#stepTo(arrivesMs).then(() => this.#add(series, timestampMs, value))
  }

  async finish(): Promise<void> {
    if (this.#endMs >= 0) this.#step()
  }

  tally(): BacktestTally {
    const { sums, unattributed, discarded, messages } = this.#lanes[0]!.outcomes
    const [samples, own] = [this.#samples, this.#ownSamples]
    return { ...sums, samples, own, unattributed, discarded, messages }
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close()
  }

  #add(series: number, timestampMs: number, value: number): void {
    const { signals, own } = this.#series[series]!
    this.#samples += 1
    if (signals >= 0) this.#signals!.add(signals, timestampMs, value)
    if (own.length === 0) return
    this.#ownSamples += 1
    this.#own.forEach(({ lane }, i) => {
      if (own[i]! >= 0) lane.add(own[i]!, timestampMs, value)
    })
  }

  /** Runs every step that ends before a time. */
  async #stepTo(arrivesMs: number): Promise<void> {
    const endMs = Math.ceil(arrivesMs / this.#stepMs) * this.#stepMs
    if (this.#endMs < 0) {
      this.#endMs = endMs
      this.#checkpointMs = endMs + CHECKPOINT_MS
      return
    }
    while (this.#endMs < endMs) {
      this.#step()
      if (this.#steps % STEPS_A_TURN === 0) await this.#clock.sleep(0)
      this.#signal?.throwIfAborted()
      if (this.#endMs >= this.#checkpointMs) {
        for (const lane of this.#lanes) await lane.checkpoint()
        this.#checkpointMs = this.#endMs + CHECKPOINT_MS
      }
      this.#endMs += this.#stepMs
    }
  }

  #step(): void {
    this.#steps += 1
    for (const lane of this.#lanes) lane.step(this.#endMs)
  }
}

/** The stages of a server, in which time passes step by step. */
class Lane {
  readonly outcomes: Outcomes
  readonly #options: BacktestOptions
  readonly #stage: ReplayedMetrics
  readonly #slo: Slo
  /** What was said of a tenant in the step before, and of each of its SLOs. */
  readonly #said = new Map<TenantId, string>()
  readonly #saidOfSlo = new Map<string, string>()

  constructor(options: BacktestOptions, book: SloBook) {
    this.#options = options
    this.#stage = new ReplayedMetrics(options, book)
    this.outcomes = this.#stage.outcomes
    const { bulk, counters, log, tenants } = this.#stage
    this.#slo = openSlo({ bulk, tenants, book, counters, log })
  }

  define(labels: readonly WireLabel[], metric: number): number {
    return this.#stage.define(labels, metric)
  }

  start(metric: number, startMs: number): void {
    this.#stage.start(metric, startMs)
  }

  add(series: number, timestampMs: number, value: number): void {
    this.#stage.add(series, timestampMs, value)
  }

  /** Counts what was added and evaluates. */
  step(nowMs: number): void {
    const { metrics, tenants } = this.#stage
    this.#stage.write(nowMs)
    for (const _ of beginTick({ metrics, slo: this.#slo }, nowMs));
    while (!this.#slo.evaluateSlice(() => false));
    const conditions = this.#slo.conditions().filter(({ holds }) => holds)
    for (const { tenantId } of tenants.active()) {
      if (metrics.lastSampleAtMs(tenantId) === null) continue
      const own = conditions.filter((condition) => condition.tenantId === tenantId)
      this.#tell(nowMs, tenantId, own)
    }
  }

  async checkpoint(): Promise<void> {
    await this.#stage.checkpoint(this.#slo.checkpoint().writes)
    this.#slo.confirm(true)
  }

  close(): Promise<void> {
    return this.#stage.close()
  }

  /** Tells of a tenant's SLOs, and reads them only where there is something to tell. */
  #tell(atMs: number, tenantId: TenantId, conditions: readonly Condition[]): void {
    const marks = this.#slo.marks(tenantId)
    const said = [...marks, ...conditions.map(keyOf)].join(' ')
    const isSame = this.#said.get(tenantId) === said
    if (isSame && this.#options.isEveryStepTold !== true) return
    this.#said.set(tenantId, said)
    this.#slo.steps(tenantId).forEach((step, i) => {
      const raised = conditions.filter(({ labels }) => isVoicedBy(step.sloId, labels))
      const key = `${tenantId} ${step.sloId}`
      const own = [marks[i], ...raised.map(keyOf)].join(' ')
      const isChange = this.#saidOfSlo.get(key) !== own
      this.#saidOfSlo.set(key, own)
      if (!isChange && this.#options.isEveryStepTold !== true) return
      this.#options.onStep({ ...step, atMs, tenantId, raised: raised.map(raisedOf), isChange })
    })
  }
}

/**
 * The stages of one SLO of own metrics: its series come in as requests or durations, told apart by
 * what they are to it.
 */
class OwnLane {
  readonly lane: Lane
  readonly #slo: OwnSlo

  constructor(options: BacktestOptions, slo: OwnSlo) {
    this.lane = new Lane(options, bookOfTemplates([slo.template]))
    this.#slo = slo
  }

  /** Gives a series that counts nothing -1. */
  define(labels: readonly WireLabel[], metric: number): number {
    const part = this.#slo.partOf(labels)
    if (part === null) return -1
    const { histogram, ratio } = this.#slo
    const { value: name } = labels[0]!
    const rest = labels.slice(1).filter((label) => label.name !== OUTCOME_LABEL)
    const written =
      ratio !== null
        ? [
            { name: '__name__', value: RATIO_METRICS[ratio] },
            { name: 'own_metric', value: name },
          ]
        : histogram === null
          ? [
              { name: '__name__', value: REQUESTS },
              { name: OUTCOME_LABEL, value: OUTCOMES[OWN_OUTCOMES[part]] },
              { name: 'own_metric', value: name },
            ]
          : [{ name: '__name__', value: DURATION + name.slice(histogram.length) }]
    return this.lane.define([...written, ...rest], metric)
  }
}

/** As the metrics stage knows them: `signals/client-libraries.ts`. */
const REQUESTS = 'http_requests_total'
const DURATION = 'http_request_duration_seconds'
/** The first label by which an outcome is sought: no other label of a series is asked then. */
const OUTCOME_LABEL = 'rpc.response.status_code'
const OUTCOMES: Readonly<Record<(typeof OWN_OUTCOMES)[OwnPart], string>> = {
  '2xx': 'OK',
  'other-4xx': 'NOT_FOUND',
  'other-5xx': 'INTERNAL',
  unknown: 'turns good',
}

/** Says which alert it is, and through whom. */
function keyOf({ key, labels }: Condition): string {
  return [key, labels[LABELS.slo], labels[LABELS.speed]].join('/')
}

function isVoicedBy(sloId: string, labels: Condition['labels']): boolean {
  const voice = labels[LABELS.slo]
  return voice === undefined || voice === sloId
}

function raisedOf({ key, action, labels, summary }: Condition): Raised {
  const speed = labels[LABELS.speed] ?? null
  return { cause: key.split('/')[0]!, action, speed, summary }
}
