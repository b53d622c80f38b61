/**
 * Makes OTLP/JSON texts of every kind: sound ones in any spelling, and ones with values that do not
 * belong where they stand.
 */
import type { Prng } from '../../../src/core/prng.ts'
import {
  EXPORT_METRICS_REQUEST,
  type JsonMessage,
  type JsonRow,
  type JsonScalar,
} from '../../../src/machinery/wire/otlp-json-schema.ts'

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!

const TEXTS = [
  '""',
  '"a"',
  '"http.route"',
  '"größe 😀"',
  '"a\\u0062\\n\\"\\\\"',
  '"\\ud83d\\ude00"',
]
const HALF_PAIR = '"\\ud83d"'
const INTEGERS = ['0', '"0"', '7', '"12"', '1e2', '3.0', '-0', '"-0"', '2147483647', '4294967295']
const LONG_INTEGERS = [
  '"1700000000123456789"',
  '1700000000123456789',
  '"9223372036854775807"',
  '9007199254740993',
]
const NEGATIVE = ['-1', '"-1"', '-2147483648', '"-9223372036854775808"']
const DOUBLES = [
  '0',
  '1.5',
  '-2.25e-7',
  '"NaN"',
  '"-Infinity"',
  '"1e3"',
  '123456789012345.6',
  '1e400',
]
const SOUND: Readonly<Record<JsonScalar, readonly string[]>> = {
  string: [...TEXTS, HALF_PAIR],
  bool: ['true', 'false'],
  bytes: ['""', '"aGk="', '"aGk"', '"_-8="'],
  double: [...DOUBLES, ...INTEGERS],
  int64: [...INTEGERS, ...LONG_INTEGERS, ...NEGATIVE],
  sfixed64: [...INTEGERS, ...LONG_INTEGERS, ...NEGATIVE],
  uint64: [...INTEGERS, ...LONG_INTEGERS, '"18446744073709551615"', '18446744073709551615'],
  fixed64: [...INTEGERS, ...LONG_INTEGERS, '"18446744073709551615"'],
  uint32: INTEGERS,
  sint32: ['0', '"5"', '-3', '2147483647', '-2147483648', '1e2'],
}
const ODD = [
  'null',
  'true',
  '[]',
  '{}',
  '"x"',
  '""',
  '1.5',
  '-7',
  '[[1,{"a":[null]}]]',
  '1e300',
  '"18446744073709551616"',
  '18446744073709551616',
  '4294967296',
  '2147483648',
  '"0x1"',
  '"1 "',
  '00',
  '1.',
  '.5',
  '-',
  '+1',
  '1e',
  'tru',
  'nulll',
  '"\\x"',
  '"\\u12g4"',
  '"a\nb"',
  "'a'",
  'NaN',
]
const UNKNOWN = [
  'resource_metrics',
  'description',
  'schemaUrl',
  '__proto__',
  'constructor',
  '',
  'Ω',
]
const BLANKS = ['', '', '', ' ', '\n', '\t \r\n']

export interface TextOptions {
  /** One in how many values is of another kind than belongs there. 0 for none. */
  readonly oddOneIn: number
}

/** Writes a request. The depth of attribute values is bounded. */
export function otlpJsonText(prng: Prng, options: TextOptions): string {
  return objectText(prng, options, EXPORT_METRICS_REQUEST, 0)
}

function objectText(prng: Prng, options: TextOptions, message: JsonMessage, depth: number): string {
  const rows = Object.entries(message).filter(() => prng.below(depth > 14 ? 6 : 3) > 0)
  const members = rows.map(([key, row]) => [keyText(prng, key), rowText(prng, options, row, depth)])
  if (prng.below(8) === 0)
    members.push([JSON.stringify(pick(prng, UNKNOWN)), pick(prng, ['1', '{}'])])
  const texts = shuffled(prng, members).map(
    ([key, value]) => `${blank(prng)}${key}${blank(prng)}:${blank(prng)}${value}${blank(prng)}`,
  )
  return `{${texts.join(',')}${blank(prng)}}`
}

function rowText(prng: Prng, options: TextOptions, row: JsonRow, depth: number): string {
  if (isOdd(prng, options)) return pick(prng, ODD)
  if (row.repeated !== true) return elementText(prng, options, row, depth)
  const elements = Array.from({ length: prng.below(3) }, () =>
    elementText(prng, options, row, depth),
  )
  return `[${elements.join(`${blank(prng)},`)}${blank(prng)}]`
}

function elementText(prng: Prng, options: TextOptions, row: JsonRow, depth: number): string {
  if (isOdd(prng, options)) return pick(prng, ODD)
  if (row.type === 'message') {
    return depth > 18 ? '{}' : objectText(prng, options, row.message(), depth + 1)
  }
  return pick(prng, SOUND[row.type])
}

function isOdd(prng: Prng, { oddOneIn }: TextOptions): boolean {
  return oddOneIn > 0 && prng.below(oddOneIn) === 0
}

function keyText(prng: Prng, key: string): string {
  if (prng.below(30) > 0) return JSON.stringify(key)
  const code = key.charCodeAt(0).toString(16).padStart(4, '0')
  return `"\\u${code}${key.slice(1)}"`
}

function blank(prng: Prng): string {
  return pick(prng, BLANKS)
}

function shuffled<V>(prng: Prng, values: readonly V[]): V[] {
  const rest = [...values]
  return values.map(() => rest.splice(prng.below(rest.length), 1)[0]!)
}

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '0',
  '-',
  '.',
  'e',
  'null',
  ' ',
  '\u0000',
  '\ufeff',
]

/** Changes a text in one to four places, as bytes: they need not be UTF-8 afterwards. */
export function damaged(prng: Prng, text: string): Uint8Array {
  let bytes = Buffer.from(text)
  for (let change = prng.below(4); change >= 0; change -= 1) {
    const at = prng.below(bytes.length + 1)
    const token = Buffer.from(pick(prng, TOKENS))
    const removed = pick(prng, [0, 0, 1, 1, 5])
    const inserted = pick(prng, [token, Buffer.of(prng.below(256)), Buffer.alloc(0)])
    bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)])
  }
  return bytes
}
