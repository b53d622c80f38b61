/**
 * Room for many small byte strings that are made together and let go together, such as the rows of
 * a checkpoint. They share a few large buffers, because an `ArrayBuffer` a row costs the garbage
 * collector more than the row is worth. Ownership: what was taken is never written again here, and
 * keeps its whole chunk in memory.
 */
const CHUNK_BYTES = 65_536

export class ByteArena {
  #chunk = new Uint8Array(0)
  #at = 0

  /** Takes zeroed bytes that nobody else has. */
  take(length: number): Uint8Array {
    if (this.#at + length > this.#chunk.length) {
      this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length))
      this.#at = 0
    }
    const from = this.#at
    this.#at += length
    return this.#chunk.subarray(from, this.#at)
  }

  /** Takes a copy of the bytes behind a column. */
  copy(column: Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array): Uint8Array {
    const bytes = this.take(column.byteLength)
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
    return bytes
  }
}
