/** Which signal of Tenantry a selector means. Pure. */
import { builtInSeries, type SignalName } from '../../metrics/metrics.ts'
import { isRatioSignal, type RatioSignal } from '../../../core/names/signals.ts'
import {
  OUTCOMES,
  outcomesNamed,
  REFUSALS,
  STATUS_CLASSES,
  type Outcome,
  type StatusName,
} from '../../../core/names/status-classes.ts'
import {
  BUCKET_SIGNALS,
  STATUS_SIGNALS,
  type Events,
  type Matcher,
  type Selector,
} from '../model/indicator.ts'
import { namedOutcomes } from '../model/outcomes.ts'

/** As `/metrics/tenants` calls the signals: what exports refer to. */
export const STATUS_METRICS = {
  requests: 'tenantry_tenant_requests_total',
  probes: 'tenantry_tenant_probes_total',
  dependency_calls: 'tenantry_tenant_dependency_calls_total',
  error_ratio: 'tenantry_tenant_error_ratio_seconds_total',
  success_ratio: 'tenantry_tenant_success_ratio_seconds_total',
} as const satisfies Record<(typeof STATUS_SIGNALS)[number], string>

/** Requests that were turned away, and by which label they are told apart. */
export const TURNED_AWAY_METRIC = 'tenantry_tenant_requests_turned_away_total'
export const REFUSAL_LABEL = 'refusal'

export const BUCKET_METRICS = {
  duration: 'tenantry_tenant_request_duration_seconds',
  user_duration: 'tenantry_tenant_user_duration_seconds',
} as const satisfies Record<(typeof BUCKET_SIGNALS)[number], string>

const OWN_METRICS = [
  ...Object.values(STATUS_METRICS),
  TURNED_AWAY_METRIC,
  ...Object.values(BUCKET_METRICS),
]

/** Tells whether a metric is one that Tenantry itself exposes of every tenant. */
export function isOwnMetric(metric: string): boolean {
  return OWN_METRICS.some((own) => metric === own || metric.startsWith(`${own}_`))
}

export const OWN_CLASS_LABEL = 'status_class'

/** The labels by which the sources that are built in tell HTTP status codes apart. */
const CODE_LABELS = [
  'code',
  'status',
  'status_code',
  'http_status_code',
  'http_response_status_code',
  'response_code',
]

/** Tells which events of a signal a selector means. Undefined where it takes a part of them that is
 *  no status class, or no signal is known by the name. Worked: http_requests_total{code=~"5.."} is
 *  requests of class 5xx. */
export function statusEventsOf({ metric, where = [] }: Selector): Events | undefined {
  if (metric === TURNED_AWAY_METRIC) return turnedAwayEventsOf(where)
  const own = STATUS_SIGNALS.find((signal) => STATUS_METRICS[signal] === metric)
  const signal = own ?? foreignSignalOf(metric)
  if (signal === undefined || where.length > 1) return undefined
  const [matcher] = where
  if (matcher === undefined) return { signal }
  const labels = own === undefined ? CODE_LABELS : [OWN_CLASS_LABEL]
  if (!labels.includes(matcher.label)) return undefined
  const outcomes = own === undefined ? outcomesOfCodes(matcher) : outcomesOfClasses(matcher)
  return eventsOf(signal, outcomes)
}

function turnedAwayEventsOf(where: readonly Matcher[]): Events | undefined {
  const [matcher] = where
  if (matcher === undefined) return eventsOf('requests', REFUSALS)
  if (where.length > 1 || matcher.label !== REFUSAL_LABEL) return undefined
  const names = listed(matcher, REFUSALS)
  const isNegated = matcher.op.startsWith('!')
  const picked = REFUSALS.filter((name) => names?.includes(name) !== isNegated)
  return names === undefined ? undefined : eventsOf('requests', picked)
}

function eventsOf(
  signal: (typeof STATUS_SIGNALS)[number],
  outcomes: readonly Outcome[] | undefined,
): Events | undefined {
  if (outcomes === undefined || outcomes.length === 0) return undefined
  const named = namedOutcomes(outcomes)
  return named === undefined ? undefined : { signal, ...named }
}

/** Tells which share a gauge is that is known without configuration. */
export function ratioSignalOf({ metric, where = [] }: Selector): RatioSignal | undefined {
  const found = builtInSeries(metric)
  return where.length === 0 && isRatioSignal(found) ? found : undefined
}

/** Tells which signal a histogram is, by its name without `_bucket`. */
export function bucketSignalOf({ metric, where = [] }: Selector) {
  if (where.length > 0) return undefined
  const own = BUCKET_SIGNALS.find((signal) => BUCKET_METRICS[signal] === metric)
  if (own !== undefined) return own
  const found = builtInSeries(`${metric}_bucket`)
  return BUCKET_SIGNALS.find((signal) => signal === found)
}

function foreignSignalOf(metric: string): (typeof STATUS_SIGNALS)[number] | undefined {
  const found: SignalName | undefined = builtInSeries(metric)
  return STATUS_SIGNALS.find((signal) => {
    return signal === found && signal !== 'probes' && !isRatioSignal(signal)
  })
}

/** The ways to write all codes that begin with a digit. */
const CLASS_PATTERNS = (digit: string): readonly string[] => [
  `${digit}..`,
  `${digit}xx`,
  `${digit}.*`,
  `${digit}.+`,
  `${digit}\\d\\d`,
  `${digit}[0-9][0-9]`,
  `${digit}[0-9]{2}`,
  `${digit}\\d{2}`,
]

/** Worked: `5..|429` is 5xx and 429. */
function outcomesOfCodes({ op, value }: Matcher): Outcome[] | undefined {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(value)?.[1] ?? value
  const patterns = op.includes('~') ? inner.split('|') : [value]
  const named = patterns.map((pattern): StatusName | undefined => {
    if (pattern === '429' || pattern === '503') return pattern
    const isOne = (digit: string): boolean => CLASS_PATTERNS(digit).includes(pattern)
    const digit = op.includes('~') ? ['1', '2', '3', '4', '5'].find(isOne) : undefined
    return digit === undefined ? undefined : (`${digit}xx` as StatusName)
  })
  const names = named.filter((name) => name !== undefined)
  return names.length < named.length ? undefined : picked(names, op.startsWith('!'))
}

function outcomesOfClasses(matcher: Matcher): Outcome[] | undefined {
  const names = listed(matcher, STATUS_CLASSES)
  return names === undefined ? undefined : picked(names, matcher.op.startsWith('!'))
}

/** Tells which names a matcher lists. Undefined where it says something else. */
function listed<Name extends string>(
  { op, value }: Matcher,
  all: readonly Name[],
): Name[] | undefined {
  const names = value.split('|')
  const known = all.filter((name) => names.includes(name))
  if (known.length !== new Set(names).size) return undefined
  return !op.includes('~') && names.length > 1 ? undefined : known
}

function picked(names: readonly StatusName[], isNegated: boolean): Outcome[] {
  const outcomes = outcomesNamed(names)
  return OUTCOMES.filter((outcome) => outcomes.includes(outcome) !== isNegated)
}
