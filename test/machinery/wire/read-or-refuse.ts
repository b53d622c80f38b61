import { WireError } from '../../../src/machinery/wire/wire-error.ts'

/**
 * Reads bytes that may be damaged. Anything but an answer or a WireError that points into the bytes
 * fails the test.
 */
export function readOrRefuse(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    read(bytes)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    if ((error.offset ?? 0) > bytes.length) throw new Error(`${error.message} is outside`)
  }
}
