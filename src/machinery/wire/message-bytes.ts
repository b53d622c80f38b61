/**
 * Collects protobuf fields in one growing piece of memory, without closures or copies: what
 * OTLP/JSON is turned into. The small writer for everything else is `encode.ts`.
 */
const SEVEN_BITS = 0x7f
const MORE = 0x80
/** Bytes of a length that is written after its message, five for any that fits in memory. */
const WIDE_LENGTH = 5

export class MessageBytes {
  #bytes: Buffer
  length = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** Ownership: the memory is the caller's; nothing may be written afterwards. */
  take(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  byte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = byte
  }

  /** Writes a varint from its halves. */
  varint(low: number, high: number): void {
    this.#reserve(10)
    let rest = low
    let above = high
    while (above > 0 || rest > SEVEN_BITS) {
      this.#bytes[this.length++] = (rest & SEVEN_BITS) | MORE
      rest = ((rest >>> 7) | (above << 25)) >>> 0
      above = above >>> 7
    }
    this.#bytes[this.length++] = rest
  }

  fixed64(low: number, high: number): void {
    this.#reserve(8)
    this.length = this.#bytes.writeUInt32LE(low, this.length)
    this.length = this.#bytes.writeUInt32LE(high, this.length)
  }

  double(value: number): void {
    this.#reserve(8)
    this.length = this.#bytes.writeDoubleLE(value, this.length)
  }

  /** Writes a length and bytes. */
  text(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.#reserve(length + WIDE_LENGTH)
    this.varint(length, 0)
    if (length < 24) for (let at = start; at < end; at += 1) this.#bytes[this.length++] = bytes[at]!
    else {
      this.#bytes.set(bytes.subarray(start, end), this.length)
      this.length += length
    }
  }

  /**
   * Begins a message, whose length is not known, and tells where it stands. A wide one keeps five
   * bytes for its length and is never moved; any other is as short as it can be, as a sender of
   * protobuf would write it.
   */
  begin(wide: boolean): number {
    this.#reserve(WIDE_LENGTH)
    this.length += wide ? WIDE_LENGTH : 1
    return this.length
  }

  end(start: number, wide: boolean): void {
    const length = this.length - start
    if (wide) this.#endWide(start, length)
    else this.#endShort(start, length)
  }

  #endWide(start: number, length: number): void {
    let rest = length
    for (let at = start - WIDE_LENGTH; at < start - 1; at += 1, rest = rest >>> 7) {
      this.#bytes[at] = (rest & SEVEN_BITS) | MORE
    }
    this.#bytes[start - 1] = rest
  }

  #endShort(start: number, length: number): void {
    let lengthBytes = 1
    for (let rest = length; rest > SEVEN_BITS; rest = rest >>> 7) lengthBytes += 1
    const moved = lengthBytes - 1
    if (moved > 0) {
      this.#reserve(moved)
      this.#bytes.copyWithin(start + moved, start, start + length)
    }
    this.length = start - 1
    this.varint(length, 0)
    this.length = start + moved + length
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + bytes, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.length))
    this.#bytes = larger
  }
}
