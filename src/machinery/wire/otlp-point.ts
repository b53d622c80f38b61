/** What the readers of OTLP data points share: scattered attributes, fields that are not read. */
import type { Cursor } from './cursor.ts'
import { BYTES, FIXED64, tagOf, VARINT, wrongType } from './cursor.ts'
import { append, clear, openScratch, type Scratch } from './scratch.ts'

/** Bit 0 of the flags: there is no recorded value. */
export const NO_RECORDED_VALUE = 1

const scratch = openScratch()

const START_TIME = tagOf(2, FIXED64)
const TIME = tagOf(3, FIXED64)

/** Takes where the attributes of a point lie, and its times. */
export interface TakePoint {
  (bytes: Uint8Array, start: number, end: number, startMs: number, timeMs: number): void
}

/**
 * What every point has: its times, its flags, and where its attributes lie. One is reused by all
 * points of a kind.
 */
export class PointHead {
  readonly #attributes: number
  readonly #flagsTag: number
  #startMs = 0
  #timeMs = 0
  #flags = 0
  #from = 0
  #to = 0
  #isScattered = false

  /** Takes the field numbers that differ by kind. */
  constructor(attributesField: number, flagsField: number) {
    this.#attributes = tagOf(attributesField, BYTES)
    this.#flagsTag = tagOf(flagsField, VARINT)
  }

  clear(): void {
    this.#startMs = this.#timeMs = this.#flags = this.#from = this.#to = 0
    this.#isScattered = false
  }

  /** Reads a field whose tag was read at a position. Returns whether it is one of these. */
  read(cursor: Cursor, tag: number, at: number, end: number): boolean {
    if (tag === this.#attributes) this.#extend(at, (cursor.position = cursor.readEnd(end)))
    else if (tag === TIME) this.#timeMs = cursor.readNanosAsMs(end)
    else if (tag === START_TIME) this.#startMs = cursor.readNanosAsMs(end)
    else if (tag === this.#flagsTag) this.#flags = cursor.readVarint(end)
    else return false
    return true
  }

  get noRecordedValue(): boolean {
    return (this.#flags & NO_RECORDED_VALUE) !== 0
  }

  /** Tells the point with its attributes in one piece. */
  tell(cursor: Cursor, end: number, take: TakePoint): void {
    if (!this.#isScattered) {
      take(cursor.bytes, this.#from, this.#to, this.#startMs, this.#timeMs)
      return
    }
    const { bytes, length } = gather(cursor, this.#attributes, this.#from, end)
    take(bytes, 0, length, this.#startMs, this.#timeMs)
  }

  #extend(at: number, end: number): void {
    if (this.#to === 0) this.#from = at
    else if (at !== this.#to) this.#isScattered = true
    this.#to = end
  }
}

/** Puts the attributes of a point together that other fields lie between. */
export function gather(cursor: Cursor, attributes: number, start: number, end: number): Scratch {
  clear(scratch)
  cursor.position = start
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    cursor.skip(tag, end)
    if (tag === attributes) append(scratch, cursor.bytes, at, cursor.position)
  }
  return scratch
}

/** Skips a field that is not read, or refuses one that is read but came with another wire type. */
export function skipUnread(
  cursor: Cursor,
  tag: number,
  end: number,
  message: string,
  readFields: number,
): void {
  const field = tag >>> 3
  if (field < 32 && ((readFields >>> field) & 1) === 1) {
    throw wrongType(message, tag, cursor.position)
  }
  cursor.skip(tag, end)
}

/** Field numbers as bits. */
export function bits(...fields: readonly number[]): number {
  return fields.reduce((sum, field) => sum | (1 << field), 0)
}

export function doubled(column: Float64Array): Float64Array {
  const larger = new Float64Array(2 * column.length)
  larger.set(column)
  return larger
}
