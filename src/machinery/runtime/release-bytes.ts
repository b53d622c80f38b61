/** Below this, giving back costs more than it spares. */
const WORTH_BYTES = 1_024

/**
 * Gives the memory of bytes that nobody needs any more back at once. Left to the collector, the
 * bodies of a busy intake force it to mark the whole heap several times a second, because it counts
 * them as pressure, and a thread with a small heap of its own keeps tens of megabytes. Ownership:
 * the bytes are empty afterwards, for all who hold them. Bytes that are only part of their memory
 * stay as they are: the rest may be another's.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < WORTH_BYTES || byteLength !== buffer.byteLength) return
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
