/**
 * Reads whole decimal numbers of up to 64 bits from bytes into two halves, exactly and without a
 * BigInt: nanoseconds have nineteen digits, and every point has two of them.
 */
const MINUS = 0x2d
const ZERO = 0x30
const LONGEST = 20
const TWO_20 = 2 ** 20
const TWO_31 = 2 ** 31
const TWO_32 = 2 ** 32
const BILLION = 1e9

export class DecimalBytes {
  /** The magnitude. */
  low = 0
  high = 0
  negative = false

  /**
   * Reads a number that fills its bytes. False where they are no whole decimal number, or one of
   * more than 64 bits.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.negative = bytes[start] === MINUS
    const digits = this.negative ? start + 1 : start
    if (end <= digits || end - digits > LONGEST) return false
    // The last nine digits and those before them are exact as doubles
    const split = Math.max(digits, end - 9)
    const upper = digitsOf(bytes, digits, split)
    const lower = digitsOf(bytes, split, end)
    if (upper < 0 || lower < 0) return false
    const rest = (upper % TWO_20) * BILLION + lower
    const top = Math.floor(upper / TWO_20) * BILLION
    const low = (top % 2 ** 12) * TWO_20 + (rest % TWO_32)
    this.low = low % TWO_32
    this.high = Math.floor(top / 2 ** 12) + Math.floor(rest / TWO_32) + Math.floor(low / TWO_32)
    return this.high < TWO_32
  }

  isUnsigned(): boolean {
    return !this.negative || (this.low === 0 && this.high === 0)
  }

  isSigned(): boolean {
    return this.high < TWO_31 || (this.negative && this.high === TWO_31 && this.low === 0)
  }

  /** Makes two's complement of a negative magnitude. */
  complement(): void {
    if (!this.negative) return
    const low = this.low === 0 ? 0 : TWO_32 - this.low
    const borrowed = this.low === 0 ? 0 : 1
    this.high = (TWO_32 - this.high - borrowed) % TWO_32
    this.low = low
  }
}

function digitsOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = bytes[at]! - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
