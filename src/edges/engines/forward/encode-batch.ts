/**
 * Writes samples as a remote-write request, 1.0 or 2.0: one TimeSeries a sample, in the order in
 * which they were accepted.
 *
 *   1.0  WriteRequest { repeated TimeSeries timeseries = 1 }
 *        TimeSeries   { Label labels = 1 {name = 1, value = 2}; Sample samples = 2; Histogram = 4 }
 *   2.0  Request      { repeated string symbols = 4; repeated TimeSeries timeseries = 5 }
 *        TimeSeries   { packed labels_refs = 1; Sample samples = 2; Histogram histograms = 3 }
 *        Sample       { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3 }
 *
 * A native histogram's message is the same in both and goes as it came; its start time is a field
 * of 2.0, as a sample's is.
 * Source: Prometheus remote-write specifications 1.0 and 2.0.
 */
import { NATIVE, STALE, type Batch } from './batch.ts'
import type { WriteVersion } from './forward-target.ts'
import { labelBytes, type SeriesBook } from './series-book.ts'
import { varintBytes, writeVarint } from './varint.ts'

const STALE_BYTES = Uint8Array.of(2, 0, 0, 0, 0, 0, 0xf0, 0x7f)
const VALUE_TAG = 0x09
const TIME_TAG = 0x10
const START_TAG = 0x18
/** Field 17 of a histogram, of two bytes. */
const HISTOGRAM_START_TAG = 17 * 8

export class BatchEncoder {
  #buffer = Buffer.alloc(256 * 1_024)
  #length = 0
  /** By text of the book: its number in the request that is written, and which request that is. */
  #locals = new Int32Array(4_096)
  #stamps = new Int32Array(4_096)
  #stamp = 0
  #symbols: number[] = []
  readonly #body = Buffer.alloc(128)

  /** Encodes a range of a batch. Ownership: holds until the next call. */
  encode(
    book: SeriesBook,
    batch: Batch,
    range: readonly [number, number],
    version: WriteVersion,
  ): Buffer {
    const [from, to] = range
    this.#length = 0
    if (version === '2.0') this.#writeSymbols(book, batch, from, to)
    for (let at = from; at < to; at += 1) {
      if (version === '2.0') this.#write2(book, batch, at)
      else this.#write1(book, batch, at)
    }
    return this.#buffer.subarray(0, this.#length)
  }

  #writeSymbols({ starts, refs, texts }: SeriesBook, batch: Batch, from: number, to: number): void {
    if (this.#locals.length < texts.length) {
      this.#locals = new Int32Array(2 * texts.length)
      this.#stamps = new Int32Array(2 * texts.length)
    }
    this.#stamp += 1
    this.#stamps[0] = this.#stamp
    this.#locals[0] = 0
    this.#symbols = [0]
    for (let at = from; at < to; at += 1) {
      const series = batch.series[at]!
      for (let ref = starts[series]!; ref < starts[series + 1]!; ref += 1) {
        const text = refs[ref]!
        if (this.#stamps[text] === this.#stamp) continue
        this.#stamps[text] = this.#stamp
        this.#locals[text] = this.#symbols.push(text) - 1
      }
    }
    for (const text of this.#symbols) this.#writeText(0x22, texts[text]!)
  }

  #write2(book: SeriesBook, batch: Batch, at: number): void {
    const series = batch.series[at]!
    const first = book.starts[series]!
    const last = book.starts[series + 1]!
    let refBytes = 0
    for (let ref = first; ref < last; ref += 1) {
      refBytes += varintBytes(this.#locals[book.refs[ref]!]!)
    }
    const labels = 1 + varintBytes(refBytes) + refBytes
    const value = this.#readyValue(batch, at)
    const length = labels + 1 + varintBytes(value) + value
    this.#reserve(length + 16)
    this.#tagged(0x2a, length)
    this.#tagged(0x0a, refBytes)
    for (let ref = first; ref < last; ref += 1) this.#varint(this.#locals[book.refs[ref]!]!)
    this.#writeValue(batch, at, value, 0x12, 0x1a)
  }

  #write1(book: SeriesBook, batch: Batch, at: number): void {
    const { starts, refs, texts } = book
    const series = batch.series[at]!
    const labels = book.labelBytes[series]!
    const value = this.#readyValue(batch, at)
    const length = labels + 1 + varintBytes(value) + value
    this.#reserve(length + 16)
    this.#tagged(0x0a, length)
    for (let ref = starts[series]!; ref < starts[series + 1]!; ref += 2) {
      const [name, text] = [texts[refs[ref]!]!, texts[refs[ref + 1]!]!]
      this.#tagged(0x0a, labelBytes(name.length, text.length))
      this.#writeText(0x0a, name)
      this.#writeText(0x12, text)
    }
    this.#writeValue(batch, at, value, 0x12, 0x22)
  }

  /** Prepares a sample's message, or what goes behind a histogram's, and tells its length. */
  #readyValue(batch: Batch, at: number): number {
    const body = this.#body
    const startMs = batch.startsMs[at]!
    let length = 0
    if (batch.kinds[at] === NATIVE) {
      if (startMs > 0) {
        length = writeVarint(body, 0, HISTOGRAM_START_TAG)
        length = writeVarint(body, length, startMs)
      }
      return batch.natives.get(at)!.length + length
    }
    body[0] = VALUE_TAG
    if (batch.kinds[at] === STALE) body.set(STALE_BYTES, 1)
    else body.writeDoubleLE(batch.values[at]!, 1)
    body[9] = TIME_TAG
    length = writeVarint(body, 10, batch.timesMs[at]!)
    if (startMs > 0) {
      body[length] = START_TAG
      length = writeVarint(body, length + 1, startMs)
    }
    return length
  }

  #writeValue(batch: Batch, at: number, length: number, sample: number, histogram: number): void {
    const native = batch.natives.get(at)
    this.#tagged(native === undefined ? sample : histogram, length)
    if (native !== undefined) {
      this.#buffer.set(native, this.#length)
      this.#length += native.length
    }
    const rest = length - (native?.length ?? 0)
    this.#body.copy(this.#buffer, this.#length, 0, rest)
    this.#length += rest
  }

  #writeText(tag: number, text: Buffer): void {
    this.#reserve(text.length + 16)
    this.#tagged(tag, text.length)
    // Most texts are short: a loop copies them sooner than a call does
    if (text.length < 32) {
      for (let index = 0; index < text.length; index += 1) {
        this.#buffer[this.#length + index] = text[index]!
      }
    } else this.#buffer.set(text, this.#length)
    this.#length += text.length
  }

  #tagged(tag: number, length: number): void {
    this.#buffer[this.#length] = tag
    this.#length = writeVarint(this.#buffer, this.#length + 1, length)
  }

  #varint(value: number): void {
    this.#length = writeVarint(this.#buffer, this.#length, value)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.alloc(Math.max(this.#length + bytes, 2 * this.#buffer.length))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
