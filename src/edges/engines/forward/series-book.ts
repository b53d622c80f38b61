/**
 * The series that go to one target, in the labels that they have there. Labels are numbered texts:
 * a request of either version is written from the numbers, and a text is in memory once.
 */
import type { NamedValue } from './outgoing-labels.ts'
import { varintBytes } from './varint.ts'

const FIRST_SERIES = 1_024

export class SeriesBook {
  /** The bytes of each text. The first one is empty, as remote write 2.0 wants it. */
  readonly texts: Buffer[] = [Buffer.alloc(0)]
  /** Where the text numbers of a series begin, name before value; they end where the next begin. */
  starts = new Int32Array(FIRST_SERIES)
  refs = new Int32Array(16 * FIRST_SERIES)
  /** Whose each is: a number of the outlet. */
  tenants = new Int32Array(FIRST_SERIES)
  /** How long its labels are as fields of remote write 1.0, tags included. */
  labelBytes = new Int32Array(FIRST_SERIES)
  /** Spreads series over shards; the same for the same labels. */
  hashes = new Int32Array(FIRST_SERIES)
  size = 0
  readonly #numbers = new Map<string, number>([['', 0]])
  #refs = 0

  /** Adds a series and returns its number. */
  add(tenant: number, labels: readonly NamedValue[]): number {
    const series = this.size
    this.#reserve(labels.length)
    let hash = tenant
    let bytes = 0
    for (const { name, value } of labels) {
      const [nameRef, valueRef] = [this.#number(name), this.#number(value)]
      this.refs[this.#refs] = nameRef
      this.refs[this.#refs + 1] = valueRef
      this.#refs += 2
      hash = hashOf(value, hashOf(name, hash))
      const label = labelBytes(this.texts[nameRef]!.length, this.texts[valueRef]!.length)
      bytes += 1 + varintBytes(label) + label
    }
    this.tenants[series] = tenant
    this.hashes[series] = hash
    this.labelBytes[series] = bytes
    this.size = series + 1
    this.starts[series + 1] = this.#refs
    return series
  }

  #number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.texts.push(Buffer.from(text)) - 1
    this.#numbers.set(text, number)
    return number
  }

  #reserve(labels: number): void {
    if (this.size + 2 > this.starts.length) {
      this.starts = grown(this.starts)
      this.tenants = grown(this.tenants)
      this.hashes = grown(this.hashes)
      this.labelBytes = grown(this.labelBytes)
    }
    while (this.#refs + 2 * labels > this.refs.length) this.refs = grown(this.refs)
  }
}

function grown(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * column.length)
  larger.set(column)
  return larger
}

/** Of a Label message. */
export function labelBytes(name: number, value: number): number {
  return 2 + varintBytes(name) + name + varintBytes(value) + value
}

/** FNV-1a over code units. Not negative. */
function hashOf(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash ^ (hash >>> 15)) & 0x7fff_ffff
}
