/**
 * What the readers of both formats share: the body at hand, the lines that are known from earlier
 * bodies, and the readers of series and numbers over it.
 */
import { isUtf8 } from 'node:buffer'
import type { ExpositionVisitor } from './exposition-visitor.ts'
import { LineTable } from './line-table.ts'
import { NumberText } from './number-text.ts'
import { BRACE_OPEN, SeriesText, type Dialect } from './series-text.ts'

const NO_BYTES = new Uint8Array(0)
/** No line that is known. */
export const NEW_LINE = -1

export class ExpositionBody {
  readonly lines = new LineTable()
  readonly text: SeriesText
  readonly number = new NumberText()
  bytes: Uint8Array = NO_BYTES
  #visitor: ExpositionVisitor | undefined

  constructor(dialect: Dialect) {
    this.text = new SeriesText(dialect)
  }

  /** Only within `read`. */
  get visitor(): ExpositionVisitor {
    return this.#visitor!
  }

  /** Holds a body while it is walked. Throws WireError where it is not UTF-8. */
  read(bytes: Uint8Array, visitor: ExpositionVisitor, walk: () => void): void {
    this.#visitor = visitor
    try {
      this.walk(bytes, 1, walk)
    } finally {
      this.#visitor = undefined
    }
  }

  /** Holds a part of a body, whole lines, whose first one has a number. Throws WireError. */
  walk(bytes: Uint8Array, firstLine: number, walk: () => void): void {
    this.bytes = bytes
    this.text.open(bytes, firstLine)
    this.lines.begin()
    try {
      if (!isUtf8(bytes)) throw this.text.refused('a character is not valid UTF-8', notUtf8(bytes))
      walk()
    } finally {
      this.bytes = NO_BYTES
      this.text.close()
    }
  }

  /**
   * Finds the entry of the line that begins at a position, and moves the text behind its series; or
   * tells NEW_LINE.
   */
  entryAt(start: number): number {
    const { bytes, lines, text } = this
    const expected = lines.expect(bytes, start)
    if (expected >= 0) {
      const end = start + lines.lengthOf(expected)
      if (text.isBlank(end) && bytes[text.skipBlanks(end)] !== BRACE_OPEN) {
        text.position = end
        return expected
      }
    }
    const end = text.endOf(start)
    const found = end < 0 ? NEW_LINE : lines.find(bytes, start, end)
    if (found >= 0) text.position = end
    return found
  }

  slice(start: number, end: number): string {
    return Buffer.from(this.bytes.subarray(start, end)).toString()
  }
}

/** Finds where bytes stop being UTF-8: the longest beginning that is, found by halving. */
function notUtf8(bytes: Uint8Array): number {
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
