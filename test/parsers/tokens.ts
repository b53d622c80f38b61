/** What expositions are made of: mostly what is right, and what nearly is. */
import type { Pick } from './pick.ts'

const NUMBERS = ['0', '1', '2', '17', '0.5', '1.5', '12.25', '1e3', '2.5e-3', '100000', '123456789']
/** Right in most places, wrong in some; or in no place. */
const ODD_NUMBERS = [
  '-1',
  '-0',
  '+1',
  '.5',
  '5.',
  '1E5',
  '1e+2',
  '007',
  '0.1e1',
  '4.9e-324',
  '1.7976931348623157e308',
  '+Inf',
  '-Inf',
  'Inf',
  'inf',
  '+inf',
  'Infinity',
  '-infinity',
  'NaN',
  'nan',
  '-NaN',
  '+nan',
  '1e400',
  '-1e400',
  '1e-400',
  '0x10',
  '0x1p3',
  '1_000',
  '1e',
  'e5',
  '.',
  '-',
  '1,5',
  '1.2.3',
  'one',
  '123456789012345678',
  '0.30000000000000004',
  '9007199254740993',
  '１',
  '1.0000000000000000001',
]
export const NAMES = [
  'a',
  'b',
  'c_d',
  'http_requests',
  'x:y',
  '_z',
  'd_total',
  'e_created',
  'f_bucket',
  'g_info',
]
const ODD_NAMES = [
  '1a',
  'a.b',
  'ä',
  'a-b',
  '',
  'a b',
  '"a"',
  '"a.b"',
  '"b c"',
  '"é"',
  '""',
  '__name__',
]
export const LABEL_NAMES = ['l', 'm', 'code', 'path', '_x', 'o']
const ODD_LABEL_NAMES = [
  '1l',
  'l:m',
  'é',
  '"l.m"',
  '"l m"',
  '""',
  '__name__',
  '',
  'l-m',
  '"l"',
  'le',
  'quantile',
  'a',
]
const LABEL_VALUES = [
  'x',
  'y',
  '',
  '200',
  '/a/b',
  'é😀',
  'a b',
  '# {',
  '}',
  ',',
  '=',
  '{a=\\"b\\"}',
]
const ODD_LABEL_VALUES = [
  '\\n',
  '\\\\',
  '\\"',
  '\\x',
  '\\',
  '"',
  '\n',
  'x'.repeat(140),
  '\t',
  '\\\\n',
]

export function number(pick: Pick, odd: number): string {
  return pick.one(pick.chance(odd) ? ODD_NUMBERS : NUMBERS)
}

export function familyName(pick: Pick, odd: number): string {
  return pick.one(pick.chance(odd) ? ODD_NAMES : NAMES)
}

export function label(pick: Pick, odd: number, usual: string): string {
  const name = pick.chance(odd) ? pick.one(ODD_LABEL_NAMES) : usual
  const value = pick.one(pick.chance(odd) ? ODD_LABEL_VALUES : LABEL_VALUES)
  return `${name}="${value}"`
}

/** Every token there is, for putting one in another's place. */
export const TOKENS: readonly string[] = [
  ...NUMBERS,
  ...ODD_NUMBERS,
  ...NAMES,
  ...ODD_NAMES,
  ...LABEL_NAMES,
  ...ODD_LABEL_NAMES,
  '{',
  '}',
  '{}',
  ',',
  '=',
  '"',
  ' ',
  '  ',
  '\t',
  '#',
  ' # ',
  '# {} 1',
  '# EOF',
  '\n',
  '\n\n',
  '\r',
  'counter',
  'gauge',
  'histogram',
  'summary',
  'untyped',
  'unknown',
  'info',
  'stateset',
  'gaugehistogram',
  '# TYPE ',
  '# HELP ',
  '# UNIT ',
  '_total',
  '_bucket',
  '_created',
  '+Inf',
  '-0.0',
]
