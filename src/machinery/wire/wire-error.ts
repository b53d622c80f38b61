/**
 * Why bytes from outside cannot be read: `malformed` breaks the format, `too-large` passes a limit.
 */
export type WireFault = 'malformed' | 'too-large'

/**
 * Tells what is wrong with received bytes and where. Bad input, never a programmer's error: the
 * sender is answered with the message.
 */
export class WireError extends Error {
  readonly what: string
  /**
   * The byte at which it was noticed, counted in the bytes handed to the reader. Undefined where
   * `what` names a JSON path.
   */
  readonly offset: number | undefined
  readonly fault: WireFault

  constructor(what: string, offset?: number, fault: WireFault = 'malformed') {
    super(offset === undefined ? what : `${what} at byte ${offset}`)
    this.name = 'WireError'
    this.what = what
    this.offset = offset
    this.fault = fault
  }
}
