/**
 * Reads numbers of an exposition from bytes. Plain decimals of at most 15 digits are computed here:
 * digits / 10^places is exact in both parts, so one division rounds once, as the standard wants.
 * Everything else is checked against the grammar and left to Number().
 * Source: OpenMetrics 1.0 ABNF `number`; the same as what Prometheus takes in its text format: no
 * hexadecimal and no underscores.
 */
const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e
const MINUS = 0x2d
const BLANK = 0x20
const EXACT_DIGITS = 15

const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power)
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const NOT_A_NUMBER = /^nan$/i

export class NumberText {
  /** Where the last number ended: at a control character, a blank or the end. */
  stop = 0
  /** Whether the last number was one. */
  valid = false

  /** Reads the number that begins at a position. */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    const negative = bytes[at] === MINUS
    if (negative) at += 1
    const digitsStart = at
    let digits = 0
    let pointAt = -1
    for (; at < end; at += 1) {
      const byte = bytes[at]!
      if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO)
      else if (byte === POINT && pointAt < 0) pointAt = at
      else break
    }
    const count = at - digitsStart - (pointAt < 0 ? 0 : 1)
    if (count === 0 || count > EXACT_DIGITS || (at < end && bytes[at]! > BLANK)) {
      return this.#readText(bytes, start, end)
    }
    this.stop = at
    this.valid = true
    const size = pointAt < 0 ? digits : digits / POWERS[at - pointAt - 1]!
    return negative ? -size : size
  }

  #readText(bytes: Uint8Array, start: number, end: number): number {
    let stop = start
    while (stop < end && bytes[stop]! > BLANK) stop += 1
    this.stop = stop
    const value = parseNumber(latin1(bytes, start, Math.min(stop, start + LONGEST_NUMBER + 1)))
    this.valid = value !== undefined
    return value ?? NaN
  }
}

/** More digits than this say nothing. */
const LONGEST_NUMBER = 400

/**
 * Reads a number as text. Undefined where it is none, or too large. Worked: "+Inf" -> Infinity,
 * "0x1p3" -> undefined.
 */
export function parseNumber(text: string): number | undefined {
  if (text.length > LONGEST_NUMBER) return undefined
  if (DECIMAL.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  if (NOT_A_NUMBER.test(text)) return NaN
  const infinite = INFINITE.exec(text)
  if (infinite === null) return undefined
  return infinite[1] === '-' ? -Infinity : Infinity
}

/**
 * Writes a bound of a bucket or a quantile as Prometheus 3 keeps it, so that `le="1"` and
 * `le="1.0"` are one series. Worked: 1 -> "1.0", 1e6 -> "1e+06", Infinity -> "+Inf".
 */
export function boundText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power < -4 || power >= SHORTEST_EXPONENT) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  const plain = Object.is(value, -0) ? '-0' : String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** From here on Go's shortest format writes an exponent. */
const SHORTEST_EXPONENT = 6

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
