/**
 * The rules of one SLO, grouped by tenant: counts by window, how fast each window burns the
 * tenant's own budget, and an alert for every pair of windows. A rule compares a burn with a
 * constant, so that one set serves all tenants, whatever they are promised. Without events there is
 * no sample: nothing is ever NaN.
 */
import { burnThreshold } from '../../domain/slo/burn.ts'
import type { SloSpec } from '../../domain/slo/model/slo-spec.ts'
import { spanText } from '../../domain/slo/model/span.ts'
import { templateOf } from '../../domain/slo/model/template-of.ts'
import type { SloTemplate } from '../../domain/slo/template.ts'
import type { BurnPair } from '../../domain/slo/windows.ts'
import type { CountedEvents, CountedSlices } from './counted.ts'
import { packed } from './packed.ts'
import type { Rule, RuleGroup } from './rule.ts'
import { BUDGET, LEAST_BAD, selected, type SloSeries } from './series.ts'
import { stageOf, type Stages } from './stages.ts'

export interface SloRulesInput {
  /** Before the name of the SLO in those of its groups. */
  readonly prefix: string
  readonly spec: SloSpec
  readonly counted: CountedEvents | CountedSlices
  readonly stages: Stages
  readonly series: SloSeries
  /** Those that alert, and the alert of each. */
  readonly pairs: readonly BurnPair[]
  readonly alertOf: (pair: BurnPair, expr: string) => Rule
  /** Whether what is left of the period's budget is recorded, where the period is a rolling one. */
  readonly keepsPeriod: boolean
  /** Below how many events altogether nothing is raised; without it the most that any tier asks. */
  readonly leastTotal?: number
  readonly maxRules: number
}

/** Makes an SLO's groups, one a stage. */
export function sloGroups(input: SloRulesInput): RuleGroup[] {
  const { prefix, spec, stages, maxRules } = input
  const rules = new SloRules(input)
  const groups = stages.map((stage, index) => {
    const name = `${prefix}-${spec.sloId}-${stage.name}`
    const group = { name, intervalSeconds: stage.everySeconds }
    return { group, rules: index === 0 ? rules.first() : rules.tiled(index) }
  })
  const staged = groups.flatMap(({ group, rules: all }) => packed(group, all, maxRules))
  return [...rules.slices(), ...staged]
}

type CountSeries = Pick<SloSeries, 'bad' | 'total'>

class SloRules {
  readonly #input: SloRulesInput
  readonly #template: SloTemplate
  /** Shortest first, the period last where it is a rolling one. */
  readonly #windows: readonly number[]
  readonly #periodSeconds: number | null

  constructor(input: SloRulesInput) {
    this.#input = input
    this.#template = templateOf(input.spec)
    const { period } = this.#template
    const { pairs, keepsPeriod } = input
    const ofPairs = pairs.flatMap(({ longSeconds, shortSeconds }) => [shortSeconds, longSeconds])
    this.#periodSeconds = keepsPeriod && period.kind === 'rolling' ? period.seconds : null
    const all = this.#periodSeconds === null ? ofPairs : [...ofPairs, this.#periodSeconds]
    this.#windows = [...new Set(all)].toSorted((left, right) => left - right)
  }

  /** Slices of another length than the first stage's interval have a group of their own. */
  slices(): RuleGroup[] {
    const { counted, prefix, spec, stages } = this.#input
    if (counted.from === 'events' || counted.sliceSeconds === stages[0]!.everySeconds) return []
    const name = `${prefix}-${spec.sloId}-slices`
    return [{ name, intervalSeconds: counted.sliceSeconds, rules: [this.#sliceRule(counted)] }]
  }

  /** Makes what is read from the series themselves, every burn, and the alerts. */
  first(): Rule[] {
    const { counted, pairs, alertOf, stages } = this.#input
    const own = this.#windowsOf(0)
    const isSliced = counted.from === 'slices' && counted.sliceSeconds === stages[0]!.everySeconds
    return [
      ...(isSliced ? [this.#sliceRule(counted)] : []),
      ...own.flatMap((seconds) => this.#countRules(seconds)),
      ...this.#windows.map((seconds) => this.#burnRule(seconds)),
      ...(this.#periodSeconds === null ? [] : [this.#leftRule(this.#periodSeconds)]),
      ...pairs.map((pair) => alertOf(pair, this.#pairExpr(pair))),
    ]
  }

  /** Makes the tiles of a stage, and the windows that are added up from them. */
  tiled(index: number): Rule[] {
    const { series, stages } = this.#input
    const { everySeconds } = stages[index]!
    const isNeeded = this.#windows.some((seconds) => stageOf(stages, seconds) >= index)
    if (!isNeeded) return []
    const sum = (of: string, seconds: number, tile: number): string =>
      `sum_over_time(${this.#selected(of, tile)}[${spanText(seconds)}])`
    const before = stages[index - 1]!.everySeconds
    const tiles =
      index === 1
        ? this.#countRules(everySeconds, { bad: series.badTile, total: series.totalTile })
        : [series.totalTile, series.badTile].map((name) =>
            this.#record(name, sum(name, everySeconds, before), everySeconds),
          )
    const windows = this.#windowsOf(index).flatMap((seconds) => [
      this.#record(series.total, sum(series.totalTile, seconds, everySeconds), seconds),
      this.#record(series.bad, sum(series.badTile, seconds, everySeconds), seconds),
    ])
    return [...tiles, ...windows]
  }

  #windowsOf(index: number): number[] {
    return this.#windows.filter((seconds) => stageOf(this.#input.stages, seconds) === index)
  }

  #sliceRule({ badOfSlice }: CountedSlices): Rule {
    const { series, spec } = this.#input
    return { record: series.slice, expr: badOfSlice, labels: { slo: spec.sloId } }
  }

  /** Counts a span. The total comes first: it says where nothing was bad. */
  #countRules(seconds: number, into: CountSeries = this.#input.series): Rule[] {
    const { counted, series } = this.#input
    if (counted.from === 'slices') {
      const slices = `${this.#selected(series.slice)}[${spanText(seconds)}]`
      return [
        this.#record(into.total, `count_over_time(${slices})`, seconds),
        this.#record(into.bad, `sum_over_time(${slices})`, seconds),
      ]
    }
    const none = `0 * sum by (tenant) (${this.#selected(into.total, seconds)})`
    return [
      this.#record(into.total, counted.total(seconds), seconds),
      this.#record(into.bad, `${counted.bad(seconds)} or ${none}`, seconds),
    ]
  }

  #burnRule(seconds: number): Rule {
    const { series } = this.#input
    const [bad, total] = [this.#read(series.bad, seconds), this.#read(series.total, seconds)]
    const budget = `on (tenant) group_left (tier) ${this.#selected(BUDGET)}`
    return this.#record(series.burn, `${bad} / (${total} > 0) / ${budget}`, seconds)
  }

  #leftRule(periodSeconds: number): Rule {
    const { series, spec } = this.#input
    const expr = `1 - ${this.#selected(series.burn, periodSeconds)}`
    return { record: series.left, expr, labels: { slo: spec.sloId } }
  }

  /** Reads a count that another stage recorded, at a time when its last sample may be old. */
  #read(series: string, seconds: number): string {
    const { stages } = this.#input
    const index = stageOf(stages, seconds)
    const selector = this.#selected(series, seconds)
    if (index === 0) return selector
    return `last_over_time(${selector}[${spanText(2 * stages[index]!.everySeconds)}])`
  }

  /** Tells when a pair of windows holds: both burn above its threshold, and enough was bad. */
  #pairExpr(pair: BurnPair): string {
    const { series } = this.#input
    const { periodSeconds, minTotalEvents: leastTotals } = this.#template
    const { longSeconds, shortSeconds, minBadEvents, minTotalEvents } = pair
    const threshold = burnThreshold({ ...pair, periodSeconds })
    const burns = (seconds: number): string =>
      `${this.#selected(series.burn, seconds)} > ${threshold}`
    const leastBad = minBadEvents ?? `on (tenant) ${this.#selected(LEAST_BAD)}`
    const leastTotal =
      minTotalEvents ?? this.#input.leastTotal ?? Math.max(...Object.values(leastTotals))
    return [
      burns(longSeconds),
      `and on (tenant) ${burns(shortSeconds)}`,
      `and on (tenant) ${this.#read(series.bad, longSeconds)} >= ${leastBad}`,
      ...(leastTotal > 1
        ? [`and on (tenant) ${this.#read(series.total, longSeconds)} >= ${leastTotal}`]
        : []),
    ].join('\n')
  }

  #record(series: string, expr: string, seconds: number): Rule {
    const labels = { slo: this.#input.spec.sloId, window: spanText(seconds) }
    return { record: series, expr, labels }
  }

  #selected(series: string, seconds?: number): string {
    return selected(series, this.#input.spec.sloId, seconds)
  }
}
