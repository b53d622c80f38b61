/**
 * Reads OpenMetrics 1.0 text, as strictly as it is defined: families whole and once, samples of a
 * metric together, values and bounds that their type allows, histograms that add up, `# EOF` last.
 * Source: OpenMetrics 1.0, "Text format" with its ABNF; the cases that it leaves open are judged as
 * its reference implementation in Python does.
 */
import { isUtf8 } from 'node:buffer'
import type { ExpositionReader, ExpositionVisitor } from './exposition-visitor.ts'
import type { WireLabel } from './labels.ts'
import { LineTable } from './line-table.ts'
import {
  dividingLabel,
  FAMILY_TYPES,
  HistogramCheck,
  metricKey,
  namesOf,
  readBound,
  roleIn,
  valueFault,
  type FamilyType,
  type SampleRole,
} from './metric-family.ts'
import { NumberText } from './number-text.ts'
import { notUtf8, withBound } from './prometheus-text.ts'
import { charactersIn, LINE_FEED, OPEN_METRICS, SeriesText, SPACE } from './series-text.ts'

const HASH = 0x23
const SECOND_MS = 1_000
/** Of an exemplar's label names and values, in characters. */
const EXEMPLAR_CHARACTERS = 128
const EOF = Buffer.from('# EOF')

/** What is known of a line, under a family of one type. */
interface KnownLine {
  readonly series: number
  readonly labels: readonly WireLabel[]
  family: string
  type: FamilyType
  role: SampleRole
  bound: number
  metric: number
}

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

/** Opens a reader for the bodies of one target. */
export function openOpenMetricsReader(): ExpositionReader {
  const reader = new OpenMetricsReader()
  return {
    read: (bytes, visitor) => reader.read(bytes, visitor),
    size: () => reader.lines.size,
  }
}

class OpenMetricsReader {
  readonly lines = new LineTable()
  readonly #known: KnownLine[] = []
  readonly #metrics = new Map<string, number>()
  /** By metric: the family in which it was last seen. */
  readonly #seenIn: number[] = []
  #families = 0
  #family: Family | undefined
  readonly #names = new Set<string>()
  #metric = -1
  #timestamp = NaN
  readonly #histogram = new HistogramCheck()
  readonly #text = new SeriesText(OPEN_METRICS)
  readonly #number = new NumberText()
  #bytes: Uint8Array = new Uint8Array(0)
  #visitor: ExpositionVisitor | undefined

  read(bytes: Uint8Array, visitor: ExpositionVisitor): void {
    this.#bytes = bytes
    this.#visitor = visitor
    this.#text.open(bytes)
    this.lines.begin()
    this.#names.clear()
    this.#family = undefined
    this.#histogram.begin()
    try {
      if (!isUtf8(bytes)) throw this.#text.refused('a character is not valid UTF-8', notUtf8(bytes))
      this.#readLines()
    } finally {
      this.#bytes = new Uint8Array(0)
      this.#visitor = undefined
      this.#text.close()
    }
  }

  #readLines(): void {
    const bytes = this.#bytes
    let position = 0
    while (position < bytes.length) {
      if (bytes[position] !== HASH) position = this.#readSample(position)
      else if (this.#isEnd(position)) {
        this.#endFamily(position)
        const end = position + EOF.length
        if (end < bytes.length - 1) throw this.#text.expected('nothing behind "# EOF"', end + 1)
        return
      } else position = this.#readMetadata(position)
    }
    throw this.#text.expected('"# EOF"', position)
  }

  #isEnd(position: number): boolean {
    const end = position + EOF.length
    if (!EOF.equals(this.#bytes.subarray(position, end))) return false
    return end === this.#bytes.length || this.#bytes[end] === LINE_FEED
  }

  #readSample(start: number): number {
    const bytes = this.#bytes
    const entry = this.#entryAt(start)
    const line = this.#known[entry]!
    let at = this.#afterSpace(this.#text.position, 'a space and a value')
    const value = this.#number.read(bytes, at, bytes.length)
    if (!this.#number.valid) throw this.#text.expected('a number', at)
    const valueAt = at
    at = this.#number.stop
    let timestamp = NaN
    if (bytes[at] === SPACE && bytes[at + 1] !== HASH) {
      timestamp = this.#readTimestamp(at + 1)
      at = this.#number.stop
    }
    this.#join(line, start)
    this.#checkValue(line, value, timestamp, start, valueAt)
    if (bytes[at] === SPACE) at = this.#readExemplar(at + 1, line)
    if (bytes[at] !== LINE_FEED) throw this.#text.expected('the end of the line', at)
    this.lines.passed(entry)
    if (line.role === 'created') this.#visitor!.created()
    else this.#visitor!.sample(line.series, value, Math.round(timestamp * SECOND_MS))
    return at + 1
  }

  #entryAt(start: number): number {
    const expected = this.lines.expect(this.#bytes, start)
    if (expected >= 0) {
      const end = start + this.lines.lengthOf(expected)
      if (this.#bytes[end] === SPACE) {
        this.#text.position = end
        return expected
      }
    }
    const end = this.#text.endOf(start)
    const found = end < 0 ? -1 : this.lines.find(this.#bytes, start, end)
    if (found < 0) return this.#newEntry(start)
    this.#text.position = end
    return found
  }

  #newEntry(start: number): number {
    const labels = this.#text.readSeries(start)
    const end = this.#text.position
    const placed = this.#place(labels, start)
    const series = placed.role === 'created' ? -1 : this.#visitor!.define(canonical(labels, placed))
    const entry = this.lines.add(this.#bytes, start, end)
    this.#known[entry] = { series, labels, ...placed }
    this.#text.position = end
    return entry
  }

  /**
   * Makes sure that a line belongs to the family being read. Begins its family where it does not.
   */
  #join(line: KnownLine, start: number): void {
    const family = this.#family
    const type = family?.type ?? 'unknown'
    if (family === undefined || line.family !== family.name || line.type !== type) {
      Object.assign(line, this.#place(line.labels, start))
    }
    this.#family!.hasSamples = true
  }

  /** Finds what a line is in the family being read, or in one of its own without metadata. */
  #place(labels: readonly WireLabel[], start: number): Omit<KnownLine, 'series' | 'labels'> {
    const name = labels[0]!.value
    const role = this.#roleOf(name) ?? this.#beginBare(name, start)
    const { name: family, type = 'unknown' } = this.#family!
    const dividing = dividingLabel(role, family)
    return {
      family,
      type,
      role,
      bound: this.#boundOf(labels, role, dividing, start),
      metric: this.#metricNumber(role === 'info' ? '' : metricKey(labels, dividing)),
    }
  }

  #roleOf(name: string): SampleRole | undefined {
    const family = this.#family
    return family === undefined ? undefined : roleIn(family.type ?? 'unknown', family.name, name)
  }

  #beginBare(name: string, start: number): SampleRole {
    this.#beginFamily(name, start)
    return 'plain'
  }

  #boundOf(
    labels: readonly WireLabel[],
    role: SampleRole,
    dividing: string | undefined,
    start: number,
  ): number {
    if (dividing === undefined) return NaN
    const text = labels.find(({ name }) => name === dividing)?.value
    if (role === 'state') {
      if (text === undefined) throw this.#text.refused(`label "${dividing}" is missing`, start)
      return NaN
    }
    const bound = readBound(text)
    const fits = bound !== undefined && (role === 'bucket' || (bound >= 0 && bound <= 1))
    if (fits) return bound
    throw this.#text.refused(
      `label "${dividing}" must be a number` +
        (role === 'bucket' ? '' : ' from 0 to 1') +
        `, not ${JSON.stringify(text ?? null)}`,
      start,
    )
  }

  #metricNumber(key: string): number {
    const known = this.#metrics.get(key)
    if (known !== undefined) return known
    const number = this.#metrics.size
    this.#metrics.set(key, number)
    this.#seenIn[number] = -1
    return number
  }

  #checkValue(line: KnownLine, value: number, timestamp: number, start: number, at: number): void {
    const fault = valueFault(line.role, value)
    if (fault !== undefined) throw this.#text.refused(fault, at)
    this.#enterMetric(line, timestamp, start)
    if (line.type !== 'histogram' && line.type !== 'gaugehistogram') return
    const broken = this.#histogram.take(line.role, line.bound, value)
    if (broken !== undefined) throw this.#text.refused(broken, start)
  }

  /** Samples of a metric stand together, their timestamps do not fall, and all have one or none. */
  #enterMetric(line: KnownLine, timestamp: number, start: number): void {
    const { serial } = this.#family!
    if (line.metric !== this.#metric) {
      if (this.#seenIn[line.metric] === serial) {
        throw this.#text.refused('the samples of a metric must stand together', start)
      }
      this.#finishPoint(start)
      this.#seenIn[line.metric] = serial
      this.#metric = line.metric
    } else {
      if (Number.isNaN(timestamp) !== Number.isNaN(this.#timestamp)) {
        throw this.#text.refused('all samples of a metric have a timestamp, or none', start)
      }
      if (timestamp < this.#timestamp && line.role !== 'info') {
        throw this.#text.refused('the timestamps of a metric must not fall', start)
      }
      if (timestamp > this.#timestamp) this.#finishPoint(start)
    }
    this.#timestamp = timestamp
  }

  #finishPoint(at: number): void {
    const fault = this.#histogram.finish()
    if (fault !== undefined) throw this.#text.refused(`the histogram before: ${fault}`, at)
    this.#histogram.begin()
  }

  #beginFamily(name: string, start: number): Family {
    this.#endFamily(start)
    this.#families += 1
    this.#metric = -1
    this.#family = {
      name,
      type: undefined,
      hasHelp: false,
      unit: undefined,
      hasSamples: false,
      serial: this.#families,
    }
    return this.#family
  }

  #endFamily(at: number): void {
    const family = this.#family
    if (family === undefined) return
    this.#finishPoint(at)
    const { name, type = 'unknown', unit } = family
    for (const taken of namesOf(type, name)) {
      if (this.#names.has(taken)) {
        throw this.#text.refused(`the name ${taken} of family ${name} is taken by another one`, at)
      }
      this.#names.add(taken)
    }
    if (unit !== undefined && unit !== '') {
      if (!name.endsWith(`_${unit}`)) {
        throw this.#text.refused(`the name of family ${name} must end in its unit, _${unit}`, at)
      }
      if (type === 'info' || type === 'stateset') {
        throw this.#text.refused(`family ${name} is of a type that has no unit`, at)
      }
    }
  }

  /** `# HELP name text`, `# TYPE name type`, `# UNIT name unit`: single spaces, once each. */
  #readMetadata(start: number): number {
    const bytes = this.#bytes
    const lineEnd = bytes.indexOf(LINE_FEED, start)
    if (lineEnd < 0) throw this.#text.expected('a line feed', bytes.length)
    const word = this.#slice(start, Math.min(start + '# HELP '.length, lineEnd))
    if (word !== '# HELP ' && word !== '# TYPE ' && word !== '# UNIT ') {
      throw this.#text.expected('"# HELP", "# TYPE", "# UNIT" or "# EOF"', start)
    }
    const nameStart = start + word.length
    this.#text.position = nameStart
    const name = this.#text.readMetricName()
    const rest = this.#afterSpace(this.#text.position, 'a space and a text')
    const same = this.#family !== undefined && this.#family.name === name
    if (same && this.#family!.hasSamples) {
      throw this.#text.refused(`metadata of ${name} come after its samples`, nameStart)
    }
    const family = same ? this.#family! : this.#beginFamily(name, start)
    this.#note(family, word, rest, lineEnd)
    return lineEnd + 1
  }

  #note(family: Family, word: '# HELP ' | '# TYPE ' | '# UNIT ', at: number, end: number): void {
    const twice = (): Error => this.#text.refused(`a second ${word.trim()} line`, at)
    if (word === '# HELP ') {
      if (family.hasHelp) throw twice()
      family.hasHelp = true
    } else if (word === '# UNIT ') {
      if (family.unit !== undefined) throw twice()
      family.unit = this.#slice(at, end)
    } else {
      if (family.type !== undefined) throw twice()
      const type = this.#slice(at, end)
      if (!isFamilyType(type)) throw this.#text.expected(FAMILY_TYPES.join(', '), at)
      family.type = type
    }
  }

  /** A number of seconds, finite. */
  #readTimestamp(at: number): number {
    const seconds = this.#number.read(this.#bytes, at, this.#bytes.length)
    if (!this.#number.valid || !Number.isFinite(seconds)) {
      throw this.#text.expected('a timestamp in seconds', at)
    }
    return seconds
  }

  /** ` # {labels} value [timestamp]`. Checked and passed over. Returns where it ends. */
  #readExemplar(hash: number, line: KnownLine): number {
    const bytes = this.#bytes
    if (line.role !== 'bucket' && line.role !== 'total') {
      throw this.#text.refused('only buckets and counters have exemplars', hash)
    }
    if (bytes[hash] !== HASH || bytes[hash + 1] !== SPACE || bytes[hash + 2] !== 0x7b) {
      throw this.#text.expected('an exemplar, "# {"', hash)
    }
    const labels: WireLabel[] = []
    this.#text.position = hash + 2
    this.#text.readLabels(labels)
    const characters = labels.reduce((sum, each) => sum + charactersIn(each.name + each.value), 0)
    if (characters > EXEMPLAR_CHARACTERS) {
      throw this.#text.refused(`an exemplar has at most ${EXEMPLAR_CHARACTERS} characters`, hash)
    }
    const at = this.#afterSpace(this.#text.position, 'a space and a value')
    this.#number.read(bytes, at, bytes.length)
    if (!this.#number.valid) throw this.#text.expected('a number', at)
    if (bytes[this.#number.stop] === SPACE) this.#readTimestamp(this.#number.stop + 1)
    return this.#number.stop
  }

  #afterSpace(at: number, what: string): number {
    if (this.#bytes[at] !== SPACE) throw this.#text.expected(what, at)
    return at + 1
  }

  #slice(start: number, end: number): string {
    return Buffer.from(this.#bytes.subarray(start, end)).toString()
  }
}

function isFamilyType(text: string): text is FamilyType {
  return (FAMILY_TYPES as readonly string[]).includes(text)
}

function canonical(
  labels: readonly WireLabel[],
  { role }: Pick<KnownLine, 'role'>,
): readonly WireLabel[] {
  if (role === 'bucket') return withBound(labels, 'le')
  return role === 'quantile' ? withBound(labels, 'quantile') : labels
}
