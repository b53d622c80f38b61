/**
 * Turns the lines of one target into a remote-write request: labels joined and relabelled once a
 * line, limits held, and a mark for each series that was there the last time and is no more.
 */
import type { ExpositionVisitor } from '../../../machinery/wire/exposition-visitor.ts'
import type { WireLabel } from '../../../machinery/wire/labels.ts'
import { LineTable } from '../../../machinery/wire/line-table.ts'
import { encodeLabels, type WriteRequestBuilder } from '../../../machinery/wire/write-request.ts'
import { relabel, type Labels, type RelabelRule } from './relabel.ts'
import { joinLabels, type TargetLabels } from './sample-labels.ts'
import { ScrapeFault } from './scrape-fault.ts'

export interface SeriesRules {
  readonly target: TargetLabels
  readonly honorLabels: boolean
  readonly honorTimestamps: boolean
  /** Whether series with timestamps of their own are marked when they vanish. */
  readonly trackTimestamps: boolean
  readonly metricRelabel: readonly RelabelRule[]
  /** 0 is no limit. */
  readonly sampleLimit: number
  readonly labelLimit: number
  readonly labelNameLimit: number
  readonly labelValueLimit: number
}

const DROPPED = -1
const METRIC_NAME = '__name__'

export class ScrapedSeries implements ExpositionVisitor {
  readonly #rules: SeriesRules
  readonly #builder: WriteRequestBuilder
  /** The encoded labels of each series; its number is its place. */
  readonly #labels: Uint8Array[] = []
  readonly #numbers = new LineTable()
  /** By series: the scrape that last had it. */
  readonly #seenIn: number[] = []
  #scrape = 0
  #atMs = 0
  /** Series of the last good scrape, and of this one, that are to be marked when they vanish. */
  #before: number[] = []
  #now: number[] = []
  scraped = 0
  /** Left after relabelling. */
  kept = 0
  /** Not there the scrape before. */
  added = 0
  /** Samples whose start says nothing: it is no time, or one after the sample. */
  startsIgnored = 0
  exemplars = 0

  constructor(rules: SeriesRules, builder: WriteRequestBuilder) {
    this.#rules = rules
    this.#builder = builder
  }

  /** How many series are remembered, vanished ones included. */
  get size(): number {
    return this.#labels.length
  }

  /** How many series the last good scrape had. */
  get live(): number {
    return this.#before.length
  }

  /** Begins a scrape. */
  begin(atMs: number): void {
    this.#scrape += 1
    this.#atMs = atMs
    this.#now = []
    this.scraped = 0
    this.kept = 0
    this.added = 0
    this.startsIgnored = 0
    this.exemplars = 0
  }

  define(exposed: readonly WireLabel[]): number {
    const labels = joinLabels(exposed, this.#rules.target, this.#rules.honorLabels)
    if (!relabel(labels, this.#rules.metricRelabel)) return DROPPED
    if ((labels.get(METRIC_NAME) ?? '') === '') {
      throw new ScrapeFault('malformed', 'relabelling leaves a series without a name')
    }
    this.#checkLabels(labels)
    return this.#numberOf(labels)
  }

  sample(series: number, value: number, timestampMs: number, startMs: number): void {
    this.scraped += 1
    if (series === DROPPED) return
    this.kept += 1
    const { sampleLimit, honorTimestamps, trackTimestamps } = this.#rules
    // How many there are is told, too: the rest of the page is counted.
    if (sampleLimit > 0 && this.kept > sampleLimit) return
    const ownTime = honorTimestamps && !Number.isNaN(timestampMs)
    const atMs = ownTime ? timestampMs : this.#atMs
    this.#builder.sample(this.#labels[series]!, value, atMs, this.#startOf(startMs, atMs))
    if (this.#seenIn[series] === this.#scrape) return
    if (this.#seenIn[series] !== this.#scrape - 1) this.added += 1
    this.#seenIn[series] = this.#scrape
    if (!ownTime || trackTimestamps) this.#now.push(series)
  }

  exemplar(): void {
    this.exemplars += 1
  }

  /** Ends a good scrape: marks what vanished. Throws ScrapeFault where there are too many. */
  end(): void {
    const { sampleLimit } = this.#rules
    if (sampleLimit > 0 && this.kept > sampleLimit) {
      throw new ScrapeFault('limit', `${this.kept} samples, sample_limit is ${sampleLimit}`)
    }
    for (const series of this.#before) {
      if (this.#seenIn[series] !== this.#scrape) this.#markStale(series)
    }
    this.#before = this.#now
  }

  /** Ends a failed scrape, or the target: marks everything. Nothing of it was added. */
  endAll(): void {
    this.added = 0
    // Series that were told before the fault are new when they come again.
    this.#scrape += 1
    for (const series of this.#before) this.#markStale(series)
    this.#before = []
  }

  /** Makes one that remembers only what is there now, and goes by rules that may be others. */
  compacted(rules: SeriesRules): ScrapedSeries {
    const fresh = new ScrapedSeries(rules, this.#builder)
    fresh.#scrape = this.#scrape
    fresh.scraped = this.scraped
    fresh.kept = this.kept
    fresh.added = this.added
    for (const series of this.#before) {
      const number = fresh.#keep(this.#labels[series]!)
      fresh.#seenIn[number] = this.#seenIn[series]!
      fresh.#before.push(number)
    }
    return fresh
  }

  /** 0 where there is none that means anything. */
  #startOf(startMs: number, atMs: number): number {
    if (Number.isNaN(startMs)) return 0
    if (startMs > 0 && startMs <= atMs) return startMs
    this.startsIgnored += 1
    return 0
  }

  #markStale(series: number): void {
    this.#builder.stale(this.#labels[series]!, this.#atMs)
  }

  #numberOf(labels: Labels): number {
    const encoded = encodeLabels([...labels].map(([name, value]) => ({ name, value })))
    const known = this.#numbers.find(encoded, 0, encoded.length)
    return known >= 0 ? known : this.#keep(encoded)
  }

  #keep(encoded: Uint8Array): number {
    const number = this.#numbers.add(encoded, 0, encoded.length)
    this.#labels[number] = encoded
    this.#seenIn[number] = NEVER
    return number
  }

  /** As they are in the end: with those of the target, and after relabelling. */
  #checkLabels(labels: Labels): void {
    const { labelLimit, labelNameLimit, labelValueLimit } = this.#rules
    const refuse = (limit: string, most: number): never => {
      // As Prometheus counts them: the one that is too much as well.
      this.scraped += 1
      const name = JSON.stringify(labels.get(METRIC_NAME))
      throw new ScrapeFault('limit', `series ${name} is over ${limit} ${most}`)
    }
    if (labelLimit > 0 && labels.size > labelLimit) refuse('label_limit', labelLimit)
    for (const [name, value] of labels) {
      if (labelNameLimit > 0 && Buffer.byteLength(name) > labelNameLimit) {
        refuse('label_name_length_limit', labelNameLimit)
      }
      if (labelValueLimit > 0 && Buffer.byteLength(value) > labelValueLimit) {
        refuse('label_value_length_limit', labelValueLimit)
      }
    }
  }
}

const NEVER = -1
