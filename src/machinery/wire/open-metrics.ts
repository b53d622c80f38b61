/**
 * Reads OpenMetrics 1.0 text, as strictly as it is defined: its lines here, what holds between them
 * in open-metrics-families.ts, `# EOF` last. Names in quotes are read as well.
 * Source: OpenMetrics 1.0, "Text format" with its ABNF; for names in quotes the UTF-8 proposal of
 * Prometheus 3.
 */
import { ExpositionBody, NEW_LINE } from './exposition-body.ts'
import type { ExpositionReader, ExpositionVisitor } from './exposition-visitor.ts'
import type { WireLabel } from './labels.ts'
import {
  dividingLabel,
  hasStart,
  metricKey,
  readBound,
  valueFault,
  withBound,
  type FamilyType,
  type SampleRole,
} from './metric-family.ts'
import { MetricPoint } from './metric-point.ts'
import { Families, type MetadataWord } from './open-metrics-families.ts'
import { BRACE_OPEN, charactersIn, LINE_FEED, OPEN_METRICS, SPACE } from './series-text.ts'

const HASH = 0x23
const SECOND_MS = 1_000
/** Of an exemplar's label names and values, in characters. */
const EXEMPLAR_CHARACTERS = 128
const EOF = Buffer.from('# EOF')
const METADATA = /^# (HELP|TYPE|UNIT) $/

/** What is known of a line, under a family of one type. */
interface KnownLine {
  readonly series: number
  readonly labels: readonly WireLabel[]
  family: string
  type: FamilyType
  role: SampleRole
  bound: number
  metric: number
  /** Whether the metric may say when it began: its samples wait for that. */
  hasStart: boolean
}

/** Opens a reader for the bodies of one target. */
export function openOpenMetricsReader(): ExpositionReader {
  return new OpenMetricsReader()
}

class OpenMetricsReader implements ExpositionReader {
  readonly #body = new ExpositionBody(OPEN_METRICS)
  readonly #known: KnownLine[] = []
  readonly #families = new Families()
  readonly #point = new MetricPoint()
  readonly #walk = (): void => this.#readLines()

  read(bytes: Uint8Array, visitor: ExpositionVisitor): void {
    this.#families.begin()
    this.#point.clear()
    this.#body.read(bytes, visitor, this.#walk)
  }

  size(): number {
    return this.#body.lines.size
  }

  #readLines(): void {
    const { bytes, text } = this.#body
    let position = 0
    while (position < bytes.length) {
      if (bytes[position] !== HASH) position = this.#readSample(position)
      else if (this.#isEnd(position)) {
        this.#endFamily(position)
        const end = position + EOF.length
        if (end < bytes.length - 1) throw text.expected('nothing behind "# EOF"', end + 1)
        return
      } else position = this.#readMetadata(position)
    }
    throw text.expected('"# EOF"', position)
  }

  #isEnd(position: number): boolean {
    const { bytes } = this.#body
    const end = position + EOF.length
    if (!EOF.equals(bytes.subarray(position, end))) return false
    return end === bytes.length || bytes[end] === LINE_FEED
  }

  #readSample(start: number): number {
    const { bytes, lines, number, text, visitor } = this.#body
    const found = this.#body.entryAt(start)
    const entry = found === NEW_LINE ? this.#newEntry(start) : found
    const line = this.#known[entry]!
    const valueAt = this.#afterSpace(text.position, 'a space and a value')
    const value = this.#readNumber(valueAt)
    let at = number.stop
    let timestamp = NaN
    if (bytes[at] === SPACE && bytes[at + 1] !== HASH) {
      timestamp = this.#readTimestamp(at + 1)
      at = number.stop
    }
    this.#join(line, start)
    this.#enter(line, value, timestamp, start, valueAt)
    if (bytes[at] === SPACE) at = this.#readExemplar(at + 1, line)
    if (bytes[at] !== LINE_FEED) throw text.expected('the end of the line', at)
    lines.passed(entry)
    const timestampMs = Math.round(timestamp * SECOND_MS)
    if (line.role === 'created') this.#point.startMs = Math.round(value * SECOND_MS)
    else if (line.hasStart) this.#point.add(line.series, value, timestampMs)
    else visitor.sample(line.series, value, timestampMs, NaN)
    return at + 1
  }

  #newEntry(start: number): number {
    const { bytes, lines, text, visitor } = this.#body
    const labels = text.readSeries(start)
    const end = text.position
    const placed = this.#place(labels, start)
    const series = placed.role === 'created' ? -1 : visitor.define(canonical(labels, placed.role))
    const entry = lines.add(bytes, start, end)
    this.#known[entry] = { series, labels, ...placed }
    text.position = end
    return entry
  }

  /**
   * Makes sure that a line belongs to the family being read. Begins its family where it does not.
   */
  #join(line: KnownLine, start: number): void {
    const { name, type } = this.#families
    if (line.family !== name || line.type !== type) {
      Object.assign(line, this.#place(line.labels, start))
    }
  }

  /** Finds what a line is in the family being read, or in one of its own without metadata. */
  #place(labels: readonly WireLabel[], start: number): Omit<KnownLine, 'series' | 'labels'> {
    const families = this.#families
    const name = labels[0]!.value
    const role = families.roleOf(name) ?? this.#beginBare(name, start)
    const family = families.name!
    const dividing = dividingLabel(role, family)
    return {
      family,
      type: families.type,
      role,
      bound: this.#boundOf(labels, role, dividing, start),
      metric: families.metricNumber(role === 'info' ? '' : metricKey(labels, dividing)),
      hasStart: hasStart(families.type),
    }
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
      if (text === undefined) throw this.#refused(`label "${dividing}" is missing`, start)
      return NaN
    }
    const bound = readBound(text)
    const fits = bound !== undefined && (role === 'bucket' || (bound >= 0 && bound <= 1))
    if (fits) return bound
    const range = role === 'bucket' ? '' : ' from 0 to 1'
    const given = JSON.stringify(text ?? null)
    throw this.#refused(`label "${dividing}" must be a number${range}, not ${given}`, start)
  }

  /** Takes a sample into its metric, its point and its histogram. */
  #enter(line: KnownLine, value: number, timestamp: number, start: number, valueAt: number): void {
    const families = this.#families
    const { role, metric, type } = line
    this.#check(valueFault(role, value), valueAt)
    this.#check(families.misplaced(metric, timestamp, role), start)
    if (!families.continues(metric, timestamp)) this.#endPoint(start)
    families.enter(metric, timestamp)
    if (type === 'histogram' || type === 'gaugehistogram') {
      this.#check(families.addUp(role, line.bound, value), start)
    }
  }

  #endPoint(at: number): void {
    this.#check(this.#families.finishPoint(), at)
    this.#point.tell(this.#body.visitor)
  }

  #beginFamily(name: string, start: number): void {
    this.#endFamily(start)
    this.#families.open(name)
  }

  #endFamily(at: number): void {
    this.#endPoint(at)
    this.#check(this.#families.close(), at)
  }

  /** `# HELP name text`, `# TYPE name type`, `# UNIT name unit`: single spaces, once each. */
  #readMetadata(start: number): number {
    const { bytes, text } = this.#body
    const families = this.#families
    const lineEnd = bytes.indexOf(LINE_FEED, start)
    if (lineEnd < 0) throw text.expected('a line feed', bytes.length)
    const nameStart = start + '# HELP '.length
    const word = METADATA.exec(this.#body.slice(start, Math.min(nameStart, lineEnd)))?.[1]
    if (word === undefined) {
      throw text.expected('"# HELP", "# TYPE", "# UNIT" or "# EOF"', start)
    }
    text.position = nameStart
    const name = text.readMetricName()
    const rest = this.#afterSpace(text.position, 'a space and a text')
    if (families.name !== name) this.#beginFamily(name, start)
    else if (families.hasSamples) {
      throw this.#refused(`metadata of ${name} come after its samples`, nameStart)
    }
    this.#check(families.note(word as MetadataWord, this.#body.slice(rest, lineEnd)), rest)
    return lineEnd + 1
  }

  #readNumber(at: number): number {
    const { bytes, number, text } = this.#body
    const value = number.read(bytes, at, bytes.length)
    if (!number.valid) throw text.expected('a number', at)
    return value
  }

  /** A number of seconds, finite. */
  #readTimestamp(at: number): number {
    const { bytes, number, text } = this.#body
    const seconds = number.read(bytes, at, bytes.length)
    if (!number.valid || !Number.isFinite(seconds)) {
      throw text.expected('a timestamp in seconds', at)
    }
    return seconds
  }

  /** ` # {labels} value [timestamp]`. Returns where it ends. */
  #readExemplar(hash: number, line: KnownLine): number {
    const { bytes, number, text, visitor } = this.#body
    if (line.role !== 'bucket' && line.role !== 'total') {
      throw this.#refused('only buckets and counters have exemplars', hash)
    }
    if (bytes[hash] !== HASH || bytes[hash + 1] !== SPACE || bytes[hash + 2] !== BRACE_OPEN) {
      throw text.expected('an exemplar, "# {"', hash)
    }
    const labels: WireLabel[] = []
    text.position = hash + 2
    text.readLabels(labels)
    const characters = labels.reduce((sum, each) => sum + charactersIn(each.name + each.value), 0)
    if (characters > EXEMPLAR_CHARACTERS) {
      throw this.#refused(`an exemplar has at most ${EXEMPLAR_CHARACTERS} characters`, hash)
    }
    const value = this.#readNumber(this.#afterSpace(text.position, 'a space and a value'))
    const isTimed = bytes[number.stop] === SPACE
    const timestamp = isTimed ? this.#readTimestamp(number.stop + 1) : NaN
    visitor.exemplar(labels, value, Math.round(timestamp * SECOND_MS))
    return number.stop
  }

  #afterSpace(at: number, what: string): number {
    if (this.#body.bytes[at] !== SPACE) throw this.#body.text.expected(what, at)
    return at + 1
  }

  #check(fault: string | undefined, at: number): void {
    if (fault !== undefined) throw this.#refused(fault, at)
  }

  #refused(what: string, at: number): Error {
    return this.#body.text.refused(what, at)
  }
}

function canonical(labels: readonly WireLabel[], role: SampleRole): readonly WireLabel[] {
  if (role === 'bucket') return withBound(labels, 'le')
  return role === 'quantile' ? withBound(labels, 'quantile') : labels
}
