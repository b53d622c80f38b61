/** Which signal of Tenantry a selector means. Pure. */
import { builtInSeries, type SignalName } from '../../metrics/metrics.ts'
import { STATUS_CLASSES, type StatusClass } from '../../../core/names/status-classes.ts'
import {
  BUCKET_SIGNALS,
  STATUS_SIGNALS,
  type Events,
  type Matcher,
  type Selector,
} from '../model/indicator.ts'

/** As `/metrics/tenants` calls the signals: what exports refer to. */
export const STATUS_METRICS = {
  requests: 'tenantry_tenant_requests_total',
  probes: 'tenantry_tenant_probes_total',
  dependency_calls: 'tenantry_tenant_dependency_calls_total',
} as const satisfies Record<(typeof STATUS_SIGNALS)[number], string>

export const BUCKET_METRICS = {
  duration: 'tenantry_tenant_request_duration_seconds',
  user_duration: 'tenantry_tenant_user_duration_seconds',
} as const satisfies Record<(typeof BUCKET_SIGNALS)[number], string>

const OWN_METRICS = [...Object.values(STATUS_METRICS), ...Object.values(BUCKET_METRICS)]

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
  const own = STATUS_SIGNALS.find((signal) => STATUS_METRICS[signal] === metric)
  const signal = own ?? foreignSignalOf(metric)
  if (signal === undefined || where.length > 1) return undefined
  const [matcher] = where
  if (matcher === undefined) return { signal }
  const labels = own === undefined ? CODE_LABELS : [OWN_CLASS_LABEL]
  if (!labels.includes(matcher.label)) return undefined
  const classes = own === undefined ? classesOfCodes(matcher) : classesOfNames(matcher)
  return classes === undefined ? undefined : { signal, classes }
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
  return STATUS_SIGNALS.find((signal) => signal === found && signal !== 'probes')
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

function classesOfCodes({ op, value }: Matcher): StatusClass[] | undefined {
  if (op === '=' || op === '!=') return undefined
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(value)?.[1] ?? value
  const named = inner.split('|').flatMap((pattern) => {
    const digit = ['1', '2', '3', '4', '5'].find((each) => CLASS_PATTERNS(each).includes(pattern))
    return digit === undefined ? [undefined] : [`${digit}xx` as StatusClass]
  })
  if (named.includes(undefined)) return undefined
  return picked(named as StatusClass[], op === '!~')
}

function classesOfNames({ op, value }: Matcher): StatusClass[] | undefined {
  const names = value.split('|')
  const known = STATUS_CLASSES.filter((name) => names.includes(name))
  if (known.length !== new Set(names).size) return undefined
  if (!op.includes('~') && names.length > 1) return undefined
  return picked(known, op.startsWith('!'))
}

function picked(names: readonly StatusClass[], isNegated: boolean): StatusClass[] | undefined {
  const classes = STATUS_CLASSES.filter((name) => names.includes(name) !== isNegated)
  return classes.length === 0 ? undefined : classes
}
