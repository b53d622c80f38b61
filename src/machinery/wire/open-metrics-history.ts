/**
 * Reads a history as OpenMetrics text, piece by piece: every sample has a timestamp, lines may come
 * in any order, `# EOF` is last. What holds between lines (families in one block, points in order)
 * is not asked for, because histories are written by time as often as by series: promtool takes the
 * same. A metric's `_created` is when it began to count, where its type says that it has one.
 * Source: OpenMetrics 1.0, "Text format"; `promtool tsdb create-blocks-from openmetrics`.
 */
import { ExpositionBody, NEW_LINE } from './exposition-body.ts'
import type { WireLabel } from './labels.ts'
import {
  dividingLabel,
  FAMILY_TYPES,
  hasStart,
  metricKey,
  roleIn,
  withBound,
  type FamilyType,
} from './metric-family.ts'
import { BRACE_OPEN, LINE_FEED, OPEN_METRICS, SPACE } from './series-text.ts'
import { WireError } from './wire-error.ts'

/** No line of a history is longer: a series has at most some kilobytes of labels. */
const LONGEST_LINE_BYTES = 1 << 20
const HASH = 0x23
const SECOND_MS = 1_000
const EOF = Buffer.from('# EOF')
const TYPE_LINE = /^# TYPE (\S+) (\S+)$/
const COMMENT = /^# (?:HELP|TYPE|UNIT) \S+/

export interface HistoryVisitor {
  /** Takes a series that was not met before and gives it a number. Shape: `__name__` first. A
   *  metric's number is that of the start which its series share; -1: nothing tells a start. */
  define(labels: readonly WireLabel[], metric: number): number
  sample(series: number, value: number, timestampMs: number): void
  /** Says when a metric began to count, as of a time. */
  start(metric: number, startMs: number, timestampMs: number): void
}

export interface HistoryReader {
  /** Reads the next bytes. Throws WireError, which names line and column. */
  push(bytes: Uint8Array): void
  /** Says that all bytes came. Throws WireError where the text was cut. */
  end(): void
}

interface KnownLine {
  /** -1 for the line of a start. */
  readonly series: number
  readonly metric: number
}

/** Opens a reader of one history. */
export function openHistoryReader(visitor: HistoryVisitor): HistoryReader {
  return new OpenMetricsHistory(visitor)
}

class OpenMetricsHistory implements HistoryReader {
  readonly #visitor: HistoryVisitor
  readonly #body = new ExpositionBody(OPEN_METRICS)
  readonly #known: KnownLine[] = []
  readonly #types = new Map<string, FamilyType>()
  readonly #metrics = new Map<string, number>()
  #rest = Buffer.alloc(0)
  #line = 1
  #ended = false
  readonly #walk = (): void => {
    const { length } = this.#body.bytes
    for (let position = 0; position < length;) position = this.#readLine(position)
  }

  constructor(visitor: HistoryVisitor) {
    this.#visitor = visitor
  }

  push(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes])
    const end = all.lastIndexOf(LINE_FEED) + 1
    this.#readLines(all.subarray(0, end))
    this.#rest = Buffer.from(all.subarray(end))
    if (this.#rest.length > LONGEST_LINE_BYTES) {
      const what = `line ${this.#line}: is longer than ${LONGEST_LINE_BYTES} bytes`
      throw new WireError(what, undefined, 'too-large')
    }
  }

  end(): void {
    if (this.#rest.length > 0) this.#readLines(Buffer.concat([this.#rest, Buffer.from('\n')]))
    if (!this.#ended) throw new WireError(`line ${this.#line}: expected "# EOF": the text was cut`)
  }

  #readLines(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#body.walk(bytes, this.#line, this.#walk)
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
      this.#line += 1
    }
  }

  #readLine(start: number): number {
    const { bytes, text } = this.#body
    if (this.#ended) throw text.expected('nothing behind "# EOF"', start)
    return bytes[start] === HASH ? this.#readComment(start) : this.#readSample(start)
  }

  #readComment(start: number): number {
    const { bytes, text } = this.#body
    const end = bytes.indexOf(LINE_FEED, start)
    if (EOF.equals(bytes.subarray(start, end))) {
      this.#ended = true
      return end + 1
    }
    const comment = this.#body.slice(start, end)
    if (!COMMENT.test(comment)) {
      throw text.expected('"# HELP", "# TYPE", "# UNIT" or "# EOF"', start)
    }
    const type = TYPE_LINE.exec(comment)
    const known = FAMILY_TYPES.find((name) => name === type?.[2])
    if (type !== null && known === undefined) {
      throw text.refused(`${type[2]!} is no type of metrics`, start)
    }
    if (known !== undefined) this.#types.set(type![1]!, known)
    return end + 1
  }

  #readSample(start: number): number {
    const { bytes, lines, number, text } = this.#body
    const found = this.#body.entryAt(start)
    const entry = found === NEW_LINE ? this.#newEntry(start) : found
    const { series, metric } = this.#known[entry]!
    const value = this.#readNumber(text.position, 'a number')
    if (bytes[number.stop] === LINE_FEED) {
      throw text.expected('a timestamp, which every sample of a history has', number.stop)
    }
    const at = number.stop
    const seconds = this.#readNumber(at, 'a timestamp in seconds')
    if (!Number.isFinite(seconds)) throw text.expected('a timestamp in seconds', at + 1)
    const end = this.#endOfSample(number.stop)
    lines.passed(entry)
    const timestampMs = Math.round(seconds * SECOND_MS)
    if (series >= 0) this.#visitor.sample(series, value, timestampMs)
    else this.#visitor.start(metric, Math.round(value * SECOND_MS), timestampMs)
    return end
  }

  /** Behind a sample may stand an exemplar, which nothing is made of. */
  #endOfSample(at: number): number {
    const { bytes, text } = this.#body
    if (bytes[at] === LINE_FEED) return at + 1
    const isExemplar =
      bytes[at] === SPACE &&
      bytes[at + 1] === HASH &&
      bytes[at + 2] === SPACE &&
      bytes[at + 3] === BRACE_OPEN
    if (!isExemplar) throw text.expected('the end of the line', at)
    return bytes.indexOf(LINE_FEED, at) + 1
  }

  #readNumber(space: number, what: string): number {
    const { bytes, number, text } = this.#body
    if (bytes[space] !== SPACE) throw text.expected(`a space and ${what}`, space)
    const value = number.read(bytes, space + 1, bytes.length)
    if (!number.valid) throw text.expected(what, space + 1)
    return value
  }

  #newEntry(start: number): number {
    const { bytes, lines, text } = this.#body
    const labels = text.readSeries(start)
    const end = text.position
    const { role, metric } = this.#place(labels)
    const written = role === 'bucket' || role === 'quantile' ? canonical(labels, role) : labels
    const series = role === 'created' ? -1 : this.#visitor.define(written, metric)
    const entry = lines.add(bytes, start, end)
    this.#known[entry] = { series, metric }
    text.position = end
    return entry
  }

  /** Finds what a series is in the family that a type was told of. */
  #place(labels: readonly WireLabel[]): { readonly role: string; readonly metric: number } {
    const name = labels[0]!.value
    for (const family of [name, name.slice(0, Math.max(0, name.lastIndexOf('_')))]) {
      const type = this.#types.get(family)
      const role = type === undefined ? undefined : roleIn(type, family, name)
      if (role === undefined) continue
      if (!hasStart(type!)) return { role, metric: -1 }
      const key = `${family} ${metricKey(labels, dividingLabel(role, family))}`
      const metric = this.#metrics.get(key) ?? this.#metrics.size
      this.#metrics.set(key, metric)
      return { role, metric }
    }
    const isBucket = name.endsWith('_bucket') && labels.some((label) => label.name === 'le')
    return { role: isBucket ? 'bucket' : 'plain', metric: -1 }
  }
}

function canonical(labels: readonly WireLabel[], role: 'bucket' | 'quantile'): WireLabel[] {
  return withBound(labels, role === 'bucket' ? 'le' : 'quantile')
}
