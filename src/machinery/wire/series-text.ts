/**
 * Reads the series of an exposition's line: a name and labels, strictly, for lines not met before;
 * or only where it ends, for lines that were moved.
 *
 *   text 0.0.4     name {a="b",c="d",}    blanks between all parts, a comma at the end
 *   text 1.0.0     {"a name", "b c"="d"}  names in quotes as well
 *   OpenMetrics    name{a="b",c="d"}      no blanks, no comma at the end
 *
 * Source: Prometheus documentation, "Exposition formats"; OpenMetrics 1.0 ABNF; for names in
 * quotes the UTF-8 proposal of Prometheus 3.
 */
import type { WireLabel } from './labels.ts'
import { readText } from './text.ts'
import { WireError } from './wire-error.ts'

export const LINE_FEED = 0x0a
export const SPACE = 0x20
const TAB = 0x09
const QUOTE = 0x22
const BACKSLASH = 0x5c
export const BRACE_OPEN = 0x7b
export const BRACE_CLOSE = 0x7d
const EQUALS = 0x3d
const COMMA = 0x2c

/** What differs between the formats. */
export interface Dialect {
  /** Blanks may stand between the parts, a comma behind the last label. */
  readonly loose: boolean
  /** A backslash before any other character stands for itself. */
  readonly anyEscape: boolean
  /** Label names that begin with two underscores are kept for the specification. */
  readonly reserves: boolean
}

export const PROMETHEUS_TEXT: Dialect = { loose: true, anyEscape: false, reserves: false }
export const OPEN_METRICS: Dialect = { loose: false, anyEscape: true, reserves: true }

const NAME_START = 1
const NAME_PART = 2
const LABEL_START = 4
const LABEL_PART = 8
const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte)
  if (/[A-Za-z_]/.test(text)) return NAME_START | NAME_PART | LABEL_START | LABEL_PART
  if (/[0-9]/.test(text)) return NAME_PART | LABEL_PART
  return text === ':' ? NAME_START | NAME_PART : 0
})

export class SeriesText {
  readonly dialect: Dialect
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #firstLine = 1
  /** Where the last reading ended. */
  position = 0

  constructor(dialect: Dialect) {
    this.dialect = dialect
  }

  /** Opens a body, or a part of one that begins with a line of this number. */
  open(bytes: Uint8Array, firstLine = 1): void {
    this.#firstLine = firstLine
    this.#bytes = bytes
    this.#end = bytes.length
  }

  /** Lets go of the bytes. */
  close(): void {
    this.#bytes = new Uint8Array(0)
  }

  isBlank(position: number): boolean {
    const byte = this.#bytes[position]
    return byte === SPACE || (this.dialect.loose && byte === TAB)
  }

  /** Moves past blanks, where the format lets them stand. */
  skipBlanks(position: number): number {
    let at = position
    if (this.dialect.loose) while (this.isBlank(at)) at += 1
    return at
  }

  /**
   * Tells where the series that begins at a position ends, if it is one at all; unchecked. Cost:
   * one look at each byte.
   */
  endOf(start: number): number {
    const bytes = this.#bytes
    let at = start
    while (CLASSES[bytes[at]!]! & NAME_PART) at += 1
    const open = this.skipBlanks(at)
    if (bytes[open] !== BRACE_OPEN) return at
    let quoted = false
    for (at = open + 1; at < this.#end; at += 1) {
      const byte = bytes[at]!
      if (byte === LINE_FEED) return -1
      if (byte === BACKSLASH && quoted) at += 1
      else if (byte === QUOTE) quoted = !quoted
      else if (byte === BRACE_CLOSE && !quoted) return at + 1
    }
    return -1
  }

  /**
   * Reads a series. Shape: the name is the label `__name__`, first; labels in the order of the
   * line, unique, values may be empty. Throws WireError.
   */
  readSeries(start: number): WireLabel[] {
    const labels: WireLabel[] = []
    this.position = start
    if (this.#has(NAME_START)) labels.push(nameLabel(this.readBareName()))
    else if (this.#bytes[start] !== BRACE_OPEN) throw this.expected('a metric name', start)
    const open = this.skipBlanks(this.position)
    if (this.#bytes[open] !== BRACE_OPEN) return labels
    this.position = open
    this.readLabels(labels)
    if (labels[0]?.name !== METRIC_NAME)
      throw this.expected('a metric name in the braces', open + 1)
    return labels
  }

  /** Reads labels in braces, adding them to those given. */
  readLabels(labels: WireLabel[]): void {
    const open = this.position
    this.position = this.skipBlanks(open + 1)
    if (this.#take(BRACE_CLOSE)) return
    for (;;) {
      const at = this.position
      const read = this.#readLabel(labels.length === 0 && at === this.skipBlanks(open + 1))
      if (labels.some(({ name }) => name === read.name)) {
        throw this.refused(`label ${JSON.stringify(read.name)} is given twice`, at)
      }
      labels.push(read)
      this.position = this.skipBlanks(this.position)
      if (this.#take(BRACE_CLOSE)) return
      if (!this.#take(COMMA)) throw this.expected('"," or "}"', this.position)
      this.position = this.skipBlanks(this.position)
      if (this.dialect.loose && this.#take(BRACE_CLOSE)) return
    }
  }

  #readLabel(isFirst: boolean): WireLabel {
    const at = this.position
    const quoted = this.#bytes[at] === QUOTE
    if (!quoted && !this.#has(LABEL_START)) throw this.expected('a label name', at)
    const name = quoted ? this.readQuoted('a name') : this.#readWhile(LABEL_PART)
    if (name === '') throw this.refused('a name is empty', at)
    this.position = this.skipBlanks(this.position)
    if (this.#take(EQUALS)) {
      if (name === METRIC_NAME) throw this.refused(`label "${name}" is the name of the metric`, at)
      if (this.dialect.reserves && name.startsWith('__')) {
        throw this.refused('label names that begin with two underscores are reserved', at)
      }
      this.position = this.skipBlanks(this.position)
      if (this.#bytes[this.position] !== QUOTE) {
        throw this.expected('a label value in double quotes', this.position)
      }
      return { name, value: this.readQuoted('a label value') }
    }
    if (quoted && isFirst) return nameLabel(name)
    throw this.expected('"="', this.position)
  }

  readBareName(): string {
    return this.#readWhile(NAME_PART)
  }

  /** Reads a metric's name, bare or quoted. */
  readMetricName(): string {
    const at = this.position
    if (this.#bytes[at] === QUOTE) {
      const name = this.readQuoted('a metric name')
      if (name === '') throw this.refused('a metric name is empty', at)
      return name
    }
    if (!this.#has(NAME_START)) throw this.expected('a metric name', at)
    return this.readBareName()
  }

  #readWhile(kind: number): string {
    const start = this.position
    let at = start
    while (at < this.#end && CLASSES[this.#bytes[at]!]! & kind) at += 1
    this.position = at
    return readText(this.#bytes, start, at, 'a name')
  }

  /** Reads a text in double quotes, its escapes undone. */
  readQuoted(what: string): string {
    const start = this.position + 1
    let escaped = false
    let at = start
    for (; at < this.#end; at += 1) {
      const byte = this.#bytes[at]!
      if (byte === QUOTE) {
        this.position = at + 1
        const text = readText(this.#bytes, start, at, what)
        return escaped ? unescape(text) : text
      }
      if (byte === LINE_FEED) break
      if (byte !== BACKSLASH) continue
      escaped = true
      at += 1
      if (this.#bytes[at] === LINE_FEED) break
      if (!this.dialect.anyEscape && !isEscape(this.#bytes[at])) {
        throw this.expected('\\\\, \\" or \\n', at - 1)
      }
    }
    throw this.expected(`a double quote that ends ${what}`, Math.min(at, this.#end))
  }

  #has(kind: number): boolean {
    return this.position < this.#end && (CLASSES[this.#bytes[this.position]!]! & kind) !== 0
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.position] !== byte) return false
    this.position += 1
    return true
  }

  /** Makes the error that something else was expected at a position. */
  expected(what: string, position: number): WireError {
    return this.refused(`expected ${what}, not ${this.#shown(position)}`, position)
  }

  /** Makes an error that names line and column, both from 1, the column in characters. */
  refused(what: string, position: number): WireError {
    let line = this.#firstLine
    let lineStart = 0
    for (let at = 0; at < position; at += 1) {
      if (this.#bytes[at] !== LINE_FEED) continue
      line += 1
      lineStart = at + 1
    }
    const before = Buffer.from(this.#bytes.subarray(lineStart, position)).toString()
    return new WireError(`line ${line}, column ${charactersIn(before) + 1}: ${what}`)
  }

  #shown(position: number): string {
    if (position >= this.#end) return 'the end'
    if (this.#bytes[position] === LINE_FEED) return 'the end of the line'
    let stop = position + 1
    while (stop < this.#end && stop - position < LONGEST_SHOWN && this.#bytes[stop]! > SPACE)
      stop += 1
    return JSON.stringify(Buffer.from(this.#bytes.subarray(position, stop)).toString())
  }
}

const METRIC_NAME = '__name__'
const LONGEST_SHOWN = 20

function nameLabel(value: string): WireLabel {
  return { name: METRIC_NAME, value }
}

function isEscape(byte: number | undefined): boolean {
  return byte === BACKSLASH || byte === QUOTE || byte === 0x6e
}

function unescape(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, escape: string) => (escape === 'n' ? '\n' : escape))
}

/** Counts Unicode characters: what a specification means by them, and an editor's column. */
export function charactersIn(text: string): number {
  return Array.from(text).length
}
