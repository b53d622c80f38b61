/**
 * What a request's outcome is told apart by. A probe that succeeded is 2xx, one that failed 5xx.
 */
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'unknown'] as const
export type StatusClass = (typeof STATUS_CLASSES)[number]

/**
 * How a request was turned away, where its status tells: too many requests, service unavailable,
 * or too many because the tenant's own quota is used up. Each is a part of its class.
 */
export const REFUSALS = ['429', 'quota', '503'] as const
export type RequestRefusal = (typeof REFUSALS)[number]

/**
 * Each request is one of them. `other-4xx` and `other-5xx` are those of a class that were not
 * turned away, or of which nobody told.
 */
export const OUTCOMES = [
  '1xx',
  '2xx',
  '3xx',
  'other-4xx',
  '429',
  'quota',
  'other-5xx',
  '503',
  'unknown',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** By what configuration names outcomes: whole classes, and parts of them. */
export const STATUS_NAMES = [...STATUS_CLASSES, ...REFUSALS] as const
export type StatusName = (typeof STATUS_NAMES)[number]

/** What each name stands for. A quota's refusal is a 429 as well. */
const NAMED: Readonly<Record<StatusName, readonly Outcome[]>> = {
  '1xx': ['1xx'],
  '2xx': ['2xx'],
  '3xx': ['3xx'],
  '4xx': ['other-4xx', '429', 'quota'],
  '5xx': ['other-5xx', '503'],
  unknown: ['unknown'],
  '429': ['429', 'quota'],
  quota: ['quota'],
  '503': ['503'],
}

/** Tells which outcomes names stand for. Shape: each once, in the order of `OUTCOMES`. */
export function outcomesNamed(names: readonly StatusName[]): Outcome[] {
  const named = new Set(names.flatMap((name) => NAMED[name]))
  return OUTCOMES.filter((outcome) => named.has(outcome))
}

/** Tells the outcome of a class and of how it was turned away. */
export function outcomeOf(
  statusClass: StatusClass | undefined,
  refusal: RequestRefusal | undefined,
): Outcome {
  if (refusal !== undefined) return refusal
  if (statusClass === '4xx') return 'other-4xx'
  if (statusClass === '5xx') return 'other-5xx'
  return statusClass ?? 'unknown'
}

export function classOfOutcome(outcome: Outcome): StatusClass {
  return STATUS_CLASSES.find((name) => NAMED[name].includes(outcome))!
}
