/**
 * Since when an instance (a scraped target, an OTLP resource) has been reporting, counted in
 * intervals: the first-point rule asks for it. An instance that was silent for long starts anew,
 * since it may have been counting all the while.
 */
import { floatColumn } from './columns.ts'
import { Words } from './words.ts'

/** Samples of one scrape or export may differ by less than this and are still the same report. */
const SAME_REPORT_MS = 1_000
/** Earlier reports that make an instance known: with the present one they span two intervals. */
const KNOWN_AFTER_REPORTS = 2

/** A scraped target: what is sought under the text of its label `instance`. */
interface Target {
  readonly context: number
  readonly job: string | undefined
  readonly number: number
}

const STRIDE = 2
const REPORTS = 0
const REPORT_MS = 1

export class Instances {
  readonly words = new Words()
  readonly column = floatColumn(STRIDE)
  /** So that a new series of a known target needs no text made of its parts. */
  readonly #targets = new Map<string | undefined, Target[]>()
  /** By instance: how many series it reports. */
  readonly #series: number[] = []
  readonly #staleMs: number

  constructor(staleMs: number) {
    this.#staleMs = staleMs
  }

  /** Tells the number of a scraped target and gives it one when it is new. */
  ofTarget(context: number, job: string | undefined, instance: string | undefined): number {
    const known = this.#targets.get(instance) ?? []
    for (const target of known) {
      if (target.job === job && target.context === context) return target.number
    }
    const number = this.#number(`${context}\0${job}\0${instance}`)
    this.#targets.set(instance, [...known, { context, job, number }])
    return number
  }

  ofResource(resource: number): number {
    return this.#number(`resource ${resource}`)
  }

  /** Says that a series is of an instance; -1 for none. */
  join(instance: number): void {
    if (instance >= 0) this.#series[instance] = (this.#series[instance] ?? 0) + 1
  }

  /** Says that a series is no more. An instance without series is forgotten. */
  leave(instance: number): void {
    if (instance < 0) return
    this.#series[instance]! -= 1
    if (this.#series[instance]! > 0) return
    const [, , target] = this.words.word(instance).split('\0')
    const others = this.#targets.get(target)?.filter(({ number }) => number !== instance) ?? []
    if (others.length === 0) this.#targets.delete(target)
    else this.#targets.set(target, others)
    this.words.forget(instance)
    this.column.data.fill(0, instance * STRIDE, (instance + 1) * STRIDE)
    this.column.mark(instance)
  }

  /** Tells the number of an instance and gives it one when it is new. */
  #number(name: string): number {
    const instance = this.words.number(name)
    while (this.column.rows <= instance) this.column.reserve(1)
    return instance
  }

  restoreWord(word: string): void {
    this.words.restore(word)
    while (this.column.rows < this.words.size) this.column.reserve(1)
  }

  lastReportMs(instance: number): number {
    return instance < 0 ? 0 : this.column.data[instance * STRIDE + REPORT_MS]!
  }

  /** Notes that an instance reported. Hot: mostly one comparison. */
  touch(instance: number, atMs: number): void {
    if (instance < 0) return
    const data = this.column.data
    const at = instance * STRIDE
    const sinceMs = atMs - data[at + REPORT_MS]!
    if (sinceMs < SAME_REPORT_MS) return
    data[at] = sinceMs > this.#staleMs ? 1 : data[at]! + 1
    data[at + REPORT_MS] = atMs
    this.column.mark(instance)
  }

  /**
   * Tells whether an instance had been reporting for two intervals when a series of it came at this
   * time.
   */
  knownAt(instance: number, atMs: number): boolean {
    if (instance < 0) return false
    const data = this.column.data
    const at = instance * STRIDE
    const sinceMs = atMs - data[at + REPORT_MS]!
    if (sinceMs > this.#staleMs) return false
    const earlier = data[at + REPORTS]! - (sinceMs < SAME_REPORT_MS ? 1 : 0)
    return earlier >= KNOWN_AFTER_REPORTS
  }
}
