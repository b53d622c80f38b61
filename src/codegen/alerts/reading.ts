/**
 * What rules count requests by: the series that Tenantry exposes of every tenant, or the
 * platform's own. Each is a row with the same calls.
 */
import {
  classOfOutcome,
  OUTCOMES,
  outcomesNamed,
  REFUSALS,
  STATUS_CLASSES,
  type Outcome,
} from '../../core/names/status-classes.ts'
import {
  BUCKET_METRICS,
  OWN_CLASS_LABEL,
  REFUSAL_LABEL,
  STATUS_METRICS,
  TURNED_AWAY_METRIC,
} from '../../domain/slo/formats/signal-of.ts'
import type { BucketInput, StatusInput } from '../../domain/slo/template.ts'
import type { CodegenOptions, PlatformNames } from '../input.ts'
import { gainBy, minus, plus, type Gain } from './promql.ts'

export interface Reading {
  readonly name: CodegenOptions['reads']
  /** Gains of the reading's own counters. */
  readonly gain: Gain
  /** Gains of any other counter: the platform names the tenant. */
  readonly ownGain: Gain
  /** Counts events of some outcomes. Null where the series do not tell them apart. */
  readonly outcomes: (
    signal: StatusInput['signal'],
    outcomes: readonly Outcome[],
    seconds: number,
  ) => string | null
  /** Names a histogram, by its name before `_bucket`. Null where there is none. */
  readonly histogram: (signal: BucketInput['signal']) => string | null
}

type ReadingOptions = Pick<CodegenOptions, 'anchored' | 'platform'>

export function tenantryReading({ anchored, platform }: ReadingOptions): Reading {
  const gain = gainBy('tenant', anchored)
  return {
    name: 'tenantry',
    gain,
    ownGain: gainBy(platform.tenantLabel, anchored),
    outcomes: (signal, outcomes, seconds) => exposedOutcomes(gain, signal, outcomes, seconds),
    histogram: (signal) => BUCKET_METRICS[signal],
  }
}

/**
 * Classes hold those that were turned away, which are told apart beside them. Worked: all requests
 * but those of the quota are all classes, less what the quota turned away.
 */
function exposedOutcomes(
  gain: Gain,
  signal: StatusInput['signal'],
  outcomes: readonly Outcome[],
  seconds: number,
): string {
  const classes = STATUS_CLASSES.filter((name) =>
    outcomes.some((one) => classOfOutcome(one) === name && !isRefusal(one)),
  )
  const refused = (names: readonly string[]): string =>
    gain(TURNED_AWAY_METRIC + matching(REFUSAL_LABEL, names, REFUSALS), seconds)
  const within = (name: Outcome): boolean => classes.includes(classOfOutcome(name))
  const added = REFUSALS.filter((name) => outcomes.includes(name) && !within(name))
  const taken = REFUSALS.filter((name) => !outcomes.includes(name) && within(name))
  const whole =
    classes.length === 0
      ? null
      : gain(STATUS_METRICS[signal] + matching(OWN_CLASS_LABEL, classes, STATUS_CLASSES), seconds)
  const less = whole !== null && taken.length > 0 ? minus(whole, refused(taken)) : whole
  if (added.length === 0) return less!
  return less === null ? refused(added) : plus(less, refused(added))
}

function isRefusal(outcome: Outcome): boolean {
  return REFUSALS.some((name) => name === outcome)
}

function matching(label: string, names: readonly string[], all: readonly string[]): string {
  if (names.length === all.length) return ''
  return names.length === 1 ? `{${label}="${names[0]!}"}` : `{${label}=~"${names.join('|')}"}`
}

export function platformReading({ anchored, platform }: ReadingOptions): Reading {
  const gain = gainBy(platform.tenantLabel, anchored)
  return {
    name: 'platform',
    gain,
    ownGain: gain,
    outcomes(signal, outcomes, seconds) {
      if (signal !== 'requests') return null
      const codes = codeMatcher(platform, outcomes)
      return codes === null ? null : gain(`${platform.durationMetric}_count${codes}`, seconds)
    },
    histogram: (signal) => (signal === 'duration' ? platform.durationMetric : null),
  }
}

const CODES: Readonly<Record<Outcome, string>> = {
  '1xx': '1..',
  '2xx': '2..',
  '3xx': '3..',
  'other-4xx': '4(?:[013-9].|2[0-8])',
  '429': '429',
  // A code does not tell whose limit it was.
  quota: '429',
  'other-5xx': '5(?:[1-9].|0[0124-9])',
  '503': '503',
  unknown: '',
}

function codeMatcher({ codeLabel }: PlatformNames, outcomes: readonly Outcome[]): string | null {
  if (outcomes.includes('quota') !== outcomes.includes('429')) return null
  if (outcomes.length === OUTCOMES.length) return ''
  const codes = STATUS_CLASSES.flatMap((name) => {
    const all = outcomesNamed([name])
    const some = all.filter((outcome) => outcomes.includes(outcome))
    if (some.length < all.length || name === 'unknown') return some.map((outcome) => CODES[outcome])
    return [`${name.charAt(0)}..`]
  })
  return `{${codeLabel}=~"${[...new Set(codes)].join('|')}"}`
}

/** Makes the reading that the options name. */
export function readingOf(options: CodegenOptions): Reading {
  return options.reads === 'tenantry' ? tenantryReading(options) : platformReading(options)
}
