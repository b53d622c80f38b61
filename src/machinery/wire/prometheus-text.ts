/**
 * Reads the Prometheus text format, 0.0.4 and 1.0.0. Strict where its description is: a TYPE or
 * HELP line once a metric and TYPE before its samples, known escapes only, a line feed behind the
 * last line, UTF-8 throughout.
 * Source: Prometheus documentation, "Exposition formats", "Text format details".
 */
import { isUtf8 } from 'node:buffer'
import type { ExpositionReader, ExpositionVisitor } from './exposition-visitor.ts'
import type { WireLabel } from './labels.ts'
import { LineTable } from './line-table.ts'
import { boundText, NumberText, parseNumber } from './number-text.ts'
import {
  BRACE_CLOSE,
  BRACE_OPEN,
  LINE_FEED,
  PROMETHEUS_TEXT,
  SeriesText,
  SPACE,
} from './series-text.ts'

const HASH = 0x23
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const
type TextType = (typeof TYPES)[number]
const TIMESTAMP = /^[+-]?\d{1,18}$/

/** Opens a reader for the bodies of one target. */
export function openPrometheusTextReader(): ExpositionReader {
  const reader = new TextReader()
  return {
    read: (bytes, visitor) => reader.read(bytes, visitor),
    size: () => reader.lines.size,
  }
}

class TextReader {
  readonly lines = new LineTable()
  /** By entry: the visitor's number, and the number of the metric's name. */
  readonly #series: number[] = []
  readonly #names: number[] = []
  readonly #nameNumbers = new Map<string, number>()
  /** By name: the body in which it last had a sample. */
  readonly #sampledIn: number[] = []
  #body = 0
  readonly #types = new Map<string, TextType>()
  readonly #helps = new Set<string>()
  readonly #text = new SeriesText(PROMETHEUS_TEXT)
  readonly #number = new NumberText()
  #bytes: Uint8Array = new Uint8Array(0)
  #visitor: ExpositionVisitor | undefined

  read(bytes: Uint8Array, visitor: ExpositionVisitor): void {
    this.#bytes = bytes
    this.#visitor = visitor
    this.#text.open(bytes)
    this.lines.begin()
    this.#body += 1
    this.#types.clear()
    this.#helps.clear()
    try {
      if (!isUtf8(bytes)) throw this.#text.refused('a character is not valid UTF-8', notUtf8(bytes))
      let position = 0
      while (position < bytes.length) position = this.#readLine(position)
    } finally {
      this.#bytes = new Uint8Array(0)
      this.#visitor = undefined
      this.#text.close()
    }
  }

  #readLine(start: number): number {
    const at = this.#text.skipBlanks(start)
    const byte = this.#bytes[at]
    if (byte === LINE_FEED) return at + 1
    if (byte === HASH) return this.#readComment(at)
    return this.#readSample(at)
  }

  #readSample(start: number): number {
    const bytes = this.#bytes
    const entry = this.#entryAt(start)
    let at = this.#text.position
    // Nothing can merge with a brace.
    if (!this.#text.isBlank(at) && bytes[at - 1] !== BRACE_CLOSE) {
      throw this.#text.expected('a blank and a value', at)
    }
    at = this.#text.skipBlanks(at)
    const value = this.#number.read(bytes, at, bytes.length)
    if (!this.#number.valid) throw this.#text.expected('a number', at)
    at = this.#text.skipBlanks(this.#number.stop)
    let timestampMs = NaN
    if (bytes[at] !== LINE_FEED) {
      timestampMs = this.#readTimestamp(at)
      at = this.#text.skipBlanks(this.#number.stop)
    }
    if (bytes[at] !== LINE_FEED) throw this.#text.expected('the end of the line', at)
    this.lines.passed(entry)
    this.#sampledIn[this.#names[entry]!] = this.#body
    this.#visitor!.sample(this.#series[entry]!, value, timestampMs)
    return at + 1
  }

  /** Finds or adds the entry of a line and moves behind its series. */
  #entryAt(start: number): number {
    const expected = this.lines.expect(this.#bytes, start)
    if (expected >= 0) {
      const end = start + this.lines.lengthOf(expected)
      if (this.#text.isBlank(end) && this.#bytes[this.#text.skipBlanks(end)] !== BRACE_OPEN) {
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
    const series = this.#visitor!.define(this.#withBounds(labels))
    const entry = this.lines.add(this.#bytes, start, this.#text.position)
    this.#series[entry] = series
    this.#names[entry] = this.#nameNumber(labels[0]!.value)
    return entry
  }

  #withBounds(labels: readonly WireLabel[]): readonly WireLabel[] {
    const name = labels[0]!.value
    if (this.#types.get(name) === 'summary') return withBound(labels, 'quantile')
    const family = name.endsWith('_bucket') ? name.slice(0, -'_bucket'.length) : ''
    return this.#types.get(family) === 'histogram' ? withBound(labels, 'le') : labels
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
    const value = this.#number.read(this.#bytes, at, this.#bytes.length)
    const text = this.#slice(at, this.#number.stop)
    if (!TIMESTAMP.test(text)) {
      throw this.#text.expected('a timestamp in whole milliseconds or the end of the line', at)
    }
    return value
  }

  #readComment(start: number): number {
    const lineEnd = this.#bytes.indexOf(LINE_FEED, start)
    if (lineEnd < 0) throw this.#text.expected('a line feed', this.#bytes.length)
    const wordStart = this.#text.skipBlanks(start + 1)
    let wordEnd = wordStart
    while (wordEnd < lineEnd && this.#bytes[wordEnd]! > SPACE) wordEnd += 1
    const word = this.#slice(wordStart, wordEnd)
    if (word === 'HELP' || word === 'TYPE') this.#readMetadata(word, wordEnd, lineEnd)
    return lineEnd + 1
  }

  #readMetadata(word: 'HELP' | 'TYPE', wordEnd: number, lineEnd: number): void {
    const nameStart = this.#text.skipBlanks(wordEnd)
    this.#text.position = nameStart
    const name = this.#text.readMetricName()
    const nameEnd = this.#text.position
    if (nameEnd < lineEnd && !this.#text.isBlank(nameEnd))
      throw this.#text.expected('a blank', nameEnd)
    const rest = this.#text.skipBlanks(nameEnd)
    if (word === 'HELP') this.#noteHelp(name, nameStart)
    else this.#noteType(name, nameStart, rest, lineEnd)
  }

  #noteHelp(name: string, at: number): void {
    if (this.#helps.has(name)) throw this.#text.refused(`a second HELP line for ${name}`, at)
    this.#helps.add(name)
  }

  #noteType(name: string, at: number, typeStart: number, lineEnd: number): void {
    const type = this.#slice(typeStart, lineEnd).trimEnd()
    if (!isTextType(type)) throw this.#text.expected(TYPES.join(', '), typeStart)
    if (this.#types.has(name)) throw this.#text.refused(`a second TYPE line for ${name}`, at)
    const number = this.#nameNumbers.get(name)
    if (number !== undefined && this.#sampledIn[number] === this.#body) {
      throw this.#text.refused(`the TYPE line of ${name} comes after its samples`, at)
    }
    this.#types.set(name, type)
  }

  #slice(start: number, end: number): string {
    return Buffer.from(this.#bytes.subarray(start, end)).toString()
  }
}

function isTextType(text: string): text is TextType {
  return (TYPES as readonly string[]).includes(text)
}

/** Writes a bound as Prometheus 3 does, where it is a number. */
export function withBound(labels: readonly WireLabel[], bound: 'le' | 'quantile'): WireLabel[] {
  return labels.map(({ name, value }) => {
    const number = name === bound ? parseNumber(value) : undefined
    return { name, value: number === undefined ? value : boundText(number) }
  })
}

/** Finds where bytes stop being UTF-8: the longest beginning that is, found by halving. */
export function notUtf8(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (isUtf8(bytes.subarray(0, wholeCharacters(bytes, middle)))) good = middle
    else bad = middle
  }
  return wholeCharacters(bytes, good)
}

/** Moves back to where a character begins. */
function wholeCharacters(bytes: Uint8Array, position: number): number {
  let at = position
  while (at > 0 && position - at < 3 && (bytes[at]! & 0xc0) === 0x80) at -= 1
  return at
}
