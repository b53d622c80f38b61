/**
 * Numbers as rollups pack them. A number is a varint: twice its value when it is whole and below
 * 2^52, else 1 and then eight bytes of double. What is usual, a small whole count, takes one or two
 * bytes.
 */
const WHOLE_BELOW = 2 ** 52

export class PackWriter {
  #buffer = new Uint8Array(256)
  #view = new DataView(this.#buffer.buffer)
  #length = 0

  varint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#length] = (rest % 0x80) | 0x80
      this.#length += 1
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length] = rest
    this.#length += 1
  }

  number(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < WHOLE_BELOW) {
      this.varint(2 * value)
      return
    }
    this.varint(1)
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  get length(): number {
    return this.#length
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const grown = new Uint8Array(2 * this.#buffer.length)
    grown.set(this.#buffer)
    this.#buffer = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Reads what a `PackWriter` wrote, from a place on. */
export class PackReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array, from = 0) {
    this.#bytes = bytes
    this.#at = from
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Where the next number begins. */
  get place(): number {
    return this.#at
  }

  done(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at]!
      this.#at += 1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  number(): number {
    const head = this.varint()
    if (head !== 1) return head / 2
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }
}
