/**
 * What holds between the lines of an OpenMetrics body: families whole and once, samples of a metric
 * together, their timestamps rising, histograms that add up. Numbers and strings only; faults are
 * handed back as texts, since only the reader knows where it is.
 * Source: OpenMetrics 1.0, "Text format"; what it leaves open is judged as its reference
 * implementation in Python does.
 */
import {
  FAMILY_TYPES,
  HistogramCheck,
  namesOf,
  roleIn,
  type FamilyType,
  type SampleRole,
} from './metric-family.ts'

export type MetadataWord = 'HELP' | 'TYPE' | 'UNIT'

/** The family being read. */
interface Family {
  readonly name: string
  type: FamilyType | undefined
  hasHelp: boolean
  unit: string | undefined
  hasSamples: boolean
  /** Its number in the life of the reader. */
  readonly serial: number
}

export class Families {
  #family: Family | undefined
  #serial = 0
  /** Of all families of the body. */
  readonly #names = new Set<string>()
  readonly #metrics = new Map<string, number>()
  /** By metric: the family in which it was last seen. */
  readonly #seenIn: number[] = []
  #metric = -1
  #timestamp = NaN
  readonly #histogram = new HistogramCheck()

  /** Begins a body. */
  begin(): void {
    this.#names.clear()
    this.#family = undefined
    this.#metric = -1
    this.#histogram.begin()
  }

  get name(): string | undefined {
    return this.#family?.name
  }

  get type(): FamilyType {
    return this.#family?.type ?? 'unknown'
  }

  get hasSamples(): boolean {
    return this.#family?.hasSamples ?? false
  }

  /** Tells what a sample of a name is in the family being read. */
  roleOf(name: string): SampleRole | undefined {
    return this.#family === undefined ? undefined : roleIn(this.type, this.#family.name, name)
  }

  /** Begins a family; the one before has ended. */
  open(name: string): void {
    this.#serial += 1
    this.#metric = -1
    this.#family = {
      name,
      type: undefined,
      hasHelp: false,
      unit: undefined,
      hasSamples: false,
      serial: this.#serial,
    }
  }

  /** Takes a line of metadata of the family being read. Tells what is wrong with it. */
  note(word: MetadataWord, text: string): string | undefined {
    const family = this.#family!
    const twice = `a second # ${word} line`
    if (word === 'HELP') {
      if (family.hasHelp) return twice
      family.hasHelp = true
    } else if (word === 'UNIT') {
      if (family.unit !== undefined) return twice
      family.unit = text
    } else {
      if (family.type !== undefined) return twice
      if (!isFamilyType(text)) {
        return `expected ${FAMILY_TYPES.join(', ')}, not ${JSON.stringify(text)}`
      }
      family.type = text
    }
    return undefined
  }

  /** Ends the family being read. Tells what is wrong with it as a whole. */
  close(): string | undefined {
    if (this.#family === undefined) return undefined
    const { name, unit } = this.#family
    for (const taken of namesOf(this.type, name)) {
      if (this.#names.has(taken)) {
        return `the name ${taken} of family ${name} is taken by another one`
      }
      this.#names.add(taken)
    }
    if (unit === undefined || unit === '') return undefined
    if (!name.endsWith(`_${unit}`)) {
      return `the name of family ${name} must end in its unit, _${unit}`
    }
    const hasNone = this.type === 'info' || this.type === 'stateset'
    return hasNone ? `family ${name} is of a type that has no unit` : undefined
  }

  /** Gives the metrics numbers, by their own labels. */
  metricNumber(key: string): number {
    const known = this.#metrics.get(key)
    if (known !== undefined) return known
    const number = this.#metrics.size
    this.#metrics.set(key, number)
    this.#seenIn[number] = -1
    return number
  }

  /** Tells what is wrong with a sample of a metric coming now. */
  misplaced(metric: number, timestamp: number, role: SampleRole): string | undefined {
    if (metric !== this.#metric) {
      const isBack = this.#seenIn[metric] === this.#serial
      return isBack ? 'the samples of a metric must stand together' : undefined
    }
    if (Number.isNaN(timestamp) !== Number.isNaN(this.#timestamp)) {
      return 'all samples of a metric have a timestamp, or none'
    }
    if (timestamp < this.#timestamp && role !== 'info') {
      return 'the timestamps of a metric must not fall'
    }
    return undefined
  }

  /** Tells whether a sample belongs to the metric point being read. */
  continues(metric: number, timestamp: number): boolean {
    return metric === this.#metric && !(timestamp > this.#timestamp)
  }

  /** Takes a sample of the family being read. */
  enter(metric: number, timestamp: number): void {
    this.#family!.hasSamples = true
    this.#metric = metric
    this.#timestamp = timestamp
    this.#seenIn[metric] = this.#serial
  }

  /** Adds a sample to the histogram being read. Tells what is wrong with it after those before. */
  addUp(role: SampleRole, bound: number, value: number): string | undefined {
    return this.#histogram.take(role, bound, value)
  }

  /** Ends a metric point. Tells what is wrong with its histogram as a whole. */
  finishPoint(): string | undefined {
    const fault = this.#histogram.finish()
    this.#histogram.begin()
    return fault === undefined ? undefined : `the histogram before: ${fault}`
  }
}

function isFamilyType(text: string): text is FamilyType {
  return (FAMILY_TYPES as readonly string[]).includes(text)
}
