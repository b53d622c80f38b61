/**
 * Reads the Prometheus text format, 0.0.4 and 1.0.0. Strict where its description is: a TYPE or
 * HELP line once a metric and TYPE before its samples, known escapes only, a line feed behind the
 * last line, UTF-8 throughout.
 * Source: Prometheus documentation, "Exposition formats", "Text format details".
 */
import { ExpositionBody, NEW_LINE } from './exposition-body.ts'
import type { ExpositionReader, ExpositionVisitor } from './exposition-visitor.ts'
import type { WireLabel } from './labels.ts'
import { withBound } from './metric-family.ts'
import { parseNumber } from './number-text.ts'
import { BRACE_CLOSE, LINE_FEED, PROMETHEUS_TEXT, SPACE } from './series-text.ts'

const HASH = 0x23
const BACKSLASH = 0x5c
const LETTER_N = 0x6e
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const
type TextType = (typeof TYPES)[number]
const TIMESTAMP = /^[+-]?\d{1,18}$/

/** Opens a reader for the bodies of one target. */
export function openPrometheusTextReader(): ExpositionReader {
  return new TextReader()
}

class TextReader implements ExpositionReader {
  readonly #body = new ExpositionBody(PROMETHEUS_TEXT)
  /** By entry: the visitor's number, and the number of the metric's name. */
  readonly #series: number[] = []
  readonly #names: number[] = []
  readonly #nameNumbers = new Map<string, number>()
  /** By name: the body in which it last had a sample. */
  readonly #sampledIn: number[] = []
  #bodies = 0
  readonly #types = new Map<string, TextType>()
  readonly #helps = new Set<string>()
  readonly #walk = (): void => {
    const { length } = this.#body.bytes
    for (let position = 0; position < length;) position = this.#readLine(position)
  }

  read(bytes: Uint8Array, visitor: ExpositionVisitor): void {
    this.#bodies += 1
    this.#types.clear()
    this.#helps.clear()
    this.#body.read(bytes, visitor, this.#walk)
  }

  size(): number {
    return this.#body.lines.size
  }

  #readLine(start: number): number {
    const { bytes, text } = this.#body
    const at = text.skipBlanks(start)
    const byte = bytes[at]
    if (byte === LINE_FEED) return at + 1
    if (byte === HASH) return this.#readComment(at)
    return this.#readSample(at)
  }

  #readSample(start: number): number {
    const { bytes, lines, number, text, visitor } = this.#body
    const found = this.#body.entryAt(start)
    const entry = found === NEW_LINE ? this.#newEntry(start) : found
    let at = text.position
    // Nothing can merge with a brace.
    if (!text.isBlank(at) && bytes[at - 1] !== BRACE_CLOSE) {
      throw text.expected('a blank and a value', at)
    }
    at = text.skipBlanks(at)
    const value = number.read(bytes, at, bytes.length)
    if (!number.valid) throw text.expected('a number', at)
    at = text.skipBlanks(number.stop)
    let timestampMs = NaN
    if (bytes[at] !== LINE_FEED) {
      timestampMs = this.#readTimestamp(at)
      at = text.skipBlanks(number.stop)
    }
    if (bytes[at] !== LINE_FEED) throw text.expected('the end of the line', at)
    lines.passed(entry)
    this.#sampledIn[this.#names[entry]!] = this.#bodies
    visitor.sample(this.#series[entry]!, value, timestampMs, NaN)
    return at + 1
  }

  #newEntry(start: number): number {
    const { bytes, lines, text, visitor } = this.#body
    const labels = text.readSeries(start)
    const end = text.position
    const series = visitor.define(this.#withBound(labels, start))
    const entry = lines.add(bytes, start, end)
    text.position = end
    this.#series[entry] = series
    this.#names[entry] = this.#nameNumber(labels[0]!.value)
    return entry
  }

  /** What bounds a bucket or a quantile is a number, and written as Prometheus 3 keeps it. */
  #withBound(labels: readonly WireLabel[], start: number): readonly WireLabel[] {
    const label = this.#boundLabel(labels[0]!.value)
    if (label === undefined) return labels
    const given = labels.find(({ name }) => name === label)?.value
    if (given !== undefined && parseNumber(given) === undefined) {
      const text = `label "${label}" must be a number, not ${JSON.stringify(given)}`
      throw this.#body.text.refused(text, start)
    }
    return withBound(labels, label)
  }

  #boundLabel(name: string): 'le' | 'quantile' | undefined {
    if (this.#types.get(name) === 'summary') return 'quantile'
    const family = name.endsWith('_bucket') ? name.slice(0, -'_bucket'.length) : ''
    return this.#types.get(family) === 'histogram' ? 'le' : undefined
  }

  #nameNumber(name: string): number {
    const known = this.#nameNumbers.get(name)
    if (known !== undefined) return known
    const number = this.#nameNumbers.size
    this.#nameNumbers.set(name, number)
    return number
  }

  /** A number of milliseconds, whole and possibly negative. */
  #readTimestamp(at: number): number {
    const { bytes, number, text } = this.#body
    const value = number.read(bytes, at, bytes.length)
    if (!TIMESTAMP.test(this.#body.slice(at, number.stop))) {
      throw text.expected('a timestamp in whole milliseconds or the end of the line', at)
    }
    return value
  }

  #readComment(start: number): number {
    const { bytes, text } = this.#body
    const lineEnd = bytes.indexOf(LINE_FEED, start)
    if (lineEnd < 0) throw text.expected('a line feed', bytes.length)
    const wordStart = text.skipBlanks(start + 1)
    let wordEnd = wordStart
    while (wordEnd < lineEnd && bytes[wordEnd]! > SPACE) wordEnd += 1
    const word = this.#body.slice(wordStart, wordEnd)
    if (word === 'HELP' || word === 'TYPE') this.#readMetadata(word, wordEnd, lineEnd)
    return lineEnd + 1
  }

  #readMetadata(word: 'HELP' | 'TYPE', wordEnd: number, lineEnd: number): void {
    const { text } = this.#body
    const nameStart = text.skipBlanks(wordEnd)
    text.position = nameStart
    const name = text.readMetricName()
    const nameEnd = text.position
    if (nameEnd < lineEnd && !text.isBlank(nameEnd)) throw text.expected('a blank', nameEnd)
    const rest = text.skipBlanks(nameEnd)
    if (word === 'HELP') this.#noteHelp(name, nameStart, rest, lineEnd)
    else this.#noteType(name, nameStart, rest, lineEnd)
  }

  #noteHelp(name: string, at: number, helpStart: number, lineEnd: number): void {
    if (this.#helps.has(name)) {
      throw this.#body.text.refused(`a second HELP line for ${name}`, at)
    }
    this.#helps.add(name)
    this.#checkEscapes(helpStart, lineEnd)
  }

  /** Nobody reads the help, but a backslash in it has to be escaped, as a line feed has. */
  #checkEscapes(start: number, end: number): void {
    const { bytes, text } = this.#body
    for (let at = start; at < end; at += 1) {
      if (bytes[at] !== BACKSLASH) continue
      at += 1
      if (bytes[at] !== BACKSLASH && bytes[at] !== LETTER_N) {
        throw text.expected('\\\\ or \\n', at - 1)
      }
    }
  }

  #noteType(name: string, at: number, typeStart: number, lineEnd: number): void {
    const { text } = this.#body
    const type = this.#body.slice(typeStart, lineEnd).replace(/[ \t]+$/, '')
    if (!isTextType(type)) throw text.expected(TYPES.join(', '), typeStart)
    if (this.#types.has(name)) throw text.refused(`a second TYPE line for ${name}`, at)
    const number = this.#nameNumbers.get(name)
    if (number !== undefined && this.#sampledIn[number] === this.#bodies) {
      throw text.refused(`the TYPE line of ${name} comes after its samples`, at)
    }
    this.#types.set(name, type)
  }
}

function isTextType(text: string): text is TextType {
  return (TYPES as readonly string[]).includes(text)
}
