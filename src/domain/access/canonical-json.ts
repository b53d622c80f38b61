/**
 * Writes JSON so that equal values give equal bytes, for hashing. Object keys are sorted by UTF-16
 * code units; strings and numbers are written as ECMAScript writes them; there is no white space.
 * Source: RFC 8785. Worked: {b: 1e21, a: [-0, "é"]} -> {"a":[0,"é"],"b":1e+21}.
 */
import { assert } from '../../core/assert.ts'

/**
 * Shape: members that are undefined are left out. Throws on what JSON cannot carry: NaN,
 * infinities, bigint, lone surrogates, cycles.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'canonical JSON holds finite numbers only')
    return JSON.stringify(value)
  }
  if (typeof value === 'string') return canonicalText(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  assert(typeof value === 'object', `canonical JSON holds no ${typeof value}`)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${canonicalText(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function canonicalText(text: string): string {
  assert(text.isWellFormed(), 'canonical JSON holds no lone surrogates')
  return JSON.stringify(text)
}
