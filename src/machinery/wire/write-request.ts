/**
 * Writes remote-write 1.0 requests from series whose labels are already encoded: what
 * `remote-write.ts` reads. For samples that Tenantry fetched itself, so that they go the way of
 * those that were sent. When a sample began to count stands where 2.0 has it, in a field that 1.0
 * has not.
 */
import { compressSync } from 'snappy'
import { openProtoWriter } from './encode.ts'
import type { WireLabel } from './labels.ts'

/** Tags. */
const SERIES_TAG = 0x0a
const SAMPLES_TAG = 0x12
const VALUE_TAG = 0x09
const TIME_TAG = 0x10
const START_TAG = 0x18
const LONGEST_VARINT = 10
/** Beside the labels: tags and lengths, a double, two times. */
const MOST_AROUND_LABELS = 48
const STALE = Uint8Array.of(2, 0, 0, 0, 0, 0, 0xf0, 0x7f)

const labelWriter = openProtoWriter()

/**
 * Encodes labels as the `labels` fields of a TimeSeries, sorted by name as remote write wants them;
 * those with an empty value are left out.
 */
export function encodeLabels(labels: readonly WireLabel[]): Uint8Array {
  const sorted = labels
    .filter(({ value }) => value !== '')
    .toSorted((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)))
  for (const { name, value } of sorted) {
    labelWriter.message(1, () => {
      labelWriter.text(1, name)
      labelWriter.text(2, value)
    })
  }
  return labelWriter.take()
}

/** Compresses a message as remote write sends it: one snappy block. */
export function compressSnappy(message: Uint8Array): Buffer {
  return compressSync(Buffer.from(message.buffer, message.byteOffset, message.byteLength))
}

export class WriteRequestBuilder {
  #buffer = Buffer.alloc(64 * 1_024)
  #length = 0
  #time = new Uint8Array(LONGEST_VARINT)
  #timeLength = 0
  #timeMs = NaN
  /** Of the last sample; none for 0. */
  #start = new Uint8Array(LONGEST_VARINT)
  #startLength = 0
  #startMs = 0

  get length(): number {
    return this.#length
  }

  /**
   * Adds one series with one sample, and when it began to count: 0 says nothing. Copies the labels.
   */
  sample(labels: Uint8Array, value: number, timestampMs: number, startMs: number): void {
    const at = this.#open(labels, timestampMs, startMs)
    this.#buffer.writeDoubleLE(value, at)
    this.#close(at)
  }

  /** Adds the mark that a series ended. */
  stale(labels: Uint8Array, timestampMs: number): void {
    const at = this.#open(labels, timestampMs, 0)
    this.#buffer.set(STALE, at)
    this.#close(at)
  }

  /** Drops what was added behind a length. */
  cut(length: number): void {
    this.#length = length
  }

  /** Hands out what was added, to be used before anything is added again, and begins anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  /** Writes everything before the value and returns where it goes. */
  #open(labels: Uint8Array, timestampMs: number, startMs: number): number {
    this.#setTime(timestampMs)
    this.#setStart(startMs)
    this.#reserve(labels.length + MOST_AROUND_LABELS)
    const startBytes = this.#startLength === 0 ? 0 : 1 + this.#startLength
    const sampleBytes = 1 + STALE.length + 1 + this.#timeLength + startBytes
    const buffer = this.#buffer
    buffer[this.#length] = SERIES_TAG
    let at = writeVarint(buffer, this.#length + 1, labels.length + 2 + sampleBytes)
    buffer.set(labels, at)
    at += labels.length
    buffer[at] = SAMPLES_TAG
    buffer[at + 1] = sampleBytes
    buffer[at + 2] = VALUE_TAG
    return at + 3
  }

  #close(valueAt: number): void {
    const at = valueAt + STALE.length
    this.#buffer[at] = TIME_TAG
    for (let index = 0; index < this.#timeLength; index += 1) {
      this.#buffer[at + 1 + index] = this.#time[index]!
    }
    this.#length = at + 1 + this.#timeLength
    if (this.#startLength > 0) this.#writeStart()
  }

  #writeStart(): void {
    this.#buffer[this.#length] = START_TAG
    this.#buffer.set(this.#start.subarray(0, this.#startLength), this.#length + 1)
    this.#length += 1 + this.#startLength
  }

  /** Metrics of one process begin together. */
  #setStart(startMs: number): void {
    if (startMs === this.#startMs) return
    this.#startMs = startMs
    this.#startLength = startMs === 0 ? 0 : writeVarint(this.#start, 0, startMs)
  }

  /** Nearly all samples of a request have one time. */
  #setTime(timestampMs: number): void {
    if (timestampMs === this.#timeMs) return
    this.#timeMs = timestampMs
    if (timestampMs >= 0) {
      this.#timeLength = writeVarint(this.#time, 0, timestampMs)
      return
    }
    let rest = BigInt.asUintN(64, BigInt(timestampMs))
    for (this.#timeLength = 0; rest >= 0x80n; rest >>= 7n) {
      this.#time[this.#timeLength++] = Number(rest & 0x7fn) | 0x80
    }
    this.#time[this.#timeLength++] = Number(rest)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.alloc(Math.max(this.#length + bytes, 2 * this.#buffer.length))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}

function writeVarint(buffer: Uint8Array, position: number, value: number): number {
  let at = position
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80
  buffer[at] = rest
  return at + 1
}
