/**
 * Where our reader and prometheus_client differ, and how that is told from a defect of ours: each
 * row holds only for bodies that show its cause. README.md has the specification's sentences.
 */
import { boundsOf, isInGrammar, isNumber, numbersOf, sampleLines } from './open-metrics-lines.ts'
import type { OracleAnswer } from './oracle.ts'
import type { Reading } from './reading.ts'

export interface Case {
  readonly body: string
  readonly ours: Reading
  readonly theirs: OracleAnswer
}

type Difference = (given: Case) => boolean

/** Of verdicts: one of the two accepts what the other refuses. */
export const VERDICT_DIFFERENCES: Readonly<Record<string, Difference>> = {
  'more than the grammar': ({ body, ours }) => ours.error !== undefined && !isInGrammar(body),
  'a number that no float holds': ({ body, ours }) =>
    ours.error !== undefined && numbersOf(body).some(isTooLarge),
  'bounds that are no numbers': ({ body, ours }) =>
    ours.error !== undefined &&
    boundsOf(body).some((bound) => !isNumber(bound) || /^nan$/i.test(bound)),
  'digits beyond the ninth of a second': ({ body, ours }) =>
    ours.error?.endsWith('the timestamps of a metric must not fall') === true &&
    numbersOf(body).some((text) => /\.\d{10}/.test(text)),
  'exponents in timestamps': ({ theirs }) =>
    theirs.error === "AttributeError: 'float' object has no attribute 'sec'",
  'timestamps that are no plain decimals': ({ body, theirs }) =>
    theirs.error?.startsWith('ValueError: Timestamps went backwards') === true && hasOddTime(body),
  'samples left out': ({ body, ours, theirs }) =>
    theirs.samples === undefined
      ? hasSeveralPoints(ours) &&
        /\+Inf bucket missing|_sum|does not match/.test(theirs.error ?? '')
      : isShort(body, theirs),
  'escaped quotes in exemplars': ({ body, ours, theirs }) =>
    ours.error === undefined &&
    /Invalid line|could not convert/.test(theirs.error ?? '') &&
    sampleLines(body).some((line) => / # \{.*\\"/.test(line)),
}

/** Of values, where both accept. */
export const VALUE_DIFFERENCES: Readonly<Record<string, Difference>> = {
  'samples left out': ({ body, theirs }) => isShort(body, theirs),
  'timestamps that are no plain decimals': ({ body }) => hasOddTime(body),
}

function hasOddTime(body: string): boolean {
  return numbersOf(body).some((text) => /\.\d+e|^-0*\.|\.\d{10}/i.test(text))
}

function isTooLarge(text: string): boolean {
  return /^[+-]?[\d.]+e/i.test(text) && !Number.isFinite(Number(text))
}

/** The reference takes samples of a later point for repetitions of those of the first. */
function isShort(body: string, { samples = [] }: OracleAnswer): boolean {
  return samples.length < sampleLines(body).length
}

function hasSeveralPoints({ samples }: Reading): boolean {
  return new Set(samples.map(({ timestampMs }) => timestampMs)).size > 1
}
