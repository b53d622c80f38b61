/** The SLOs that are there without any configuration. Source: design, "Domain in short". */
import { sloId } from '../../../core/ids.ts'
import type { SloTemplate } from '../template.ts'
import type { SloSpec } from './slo-spec.ts'
import { templateOf } from './template-of.ts'

/** What goes wrong for a tenant's users when requests fail, and when they are slow. */
export const REQUESTS_FAIL = 'requests-fail'
export const REQUESTS_SLOW = 'requests-slow'

/** Nobody's requests: that what went wrong is not mended in time. */
export const RECOVERY_TAKES_LONG = 'recovery'

export const ERROR_RATE = sloId('error-rate')

export const DEFAULT_SLOS: readonly SloSpec[] = [
  {
    sloId: 'availability',
    title: 'Availability',
    cause: REQUESTS_FAIL,
    indicator: {
      kind: 'time-slice',
      bad: { signal: 'requests', classes: ['5xx'] },
      total: { signal: 'requests' },
      slicePercent: 95,
      standIn: 'probes',
    },
    period: { rolling: '30d' },
    objectives: [{ percent: 99.9 }],
  },
  {
    sloId: ERROR_RATE,
    title: 'Error rate',
    cause: REQUESTS_FAIL,
    indicator: {
      kind: 'event-ratio',
      bad: { signal: 'requests', classes: ['5xx'] },
      total: { signal: 'requests' },
    },
    period: { rolling: '30d' },
    objectives: [{ percent: 99.9 }],
  },
  {
    sloId: 'response-time',
    title: 'Response time',
    cause: REQUESTS_SLOW,
    indicator: { kind: 'latency-threshold', signal: 'duration', thresholdSeconds: 0.2 },
    period: { rolling: '30d' },
    objectives: [{ percent: 99 }],
  },
  {
    sloId: 'throughput',
    title: 'Throughput',
    cause: REQUESTS_FAIL,
    // 1,000 requests a second; what the tenant's own quota stops was never promised.
    indicator: {
      kind: 'throughput',
      attempted: { signal: 'requests', except: ['quota'] },
      refused: { signal: 'requests', classes: ['429', '503'] },
      servedPercent: 99.9,
      capPerMinute: 60_000,
    },
    period: { rolling: '30d' },
    objectives: [{ percent: 99.9 }],
  },
  {
    sloId: 'recovery',
    title: 'Recovery within 4 h',
    cause: RECOVERY_TAKES_LONG,
    indicator: { kind: 'external', source: 'recovery' },
    period: { rolling: '365d' },
    objectives: [{ percent: 95 }],
  },
  {
    sloId: 'recovery-by-tier',
    title: 'Recovery within 4 h, by tier',
    cause: RECOVERY_TAKES_LONG,
    indicator: { kind: 'roll-up', of: 'recovery', over: 'tier' },
    period: { rolling: '365d' },
    objectives: [{ percent: 95 }],
    // What runs against its limit is told tenant by tenant; so few burn no budget too fast.
    alerts: [],
  },
]

export const DEFAULT_TEMPLATES: readonly SloTemplate[] = DEFAULT_SLOS.map(templateOf)

/** Lists the thresholds of the latency SLOs, for whoever has to count around them. */
export function thresholdsOf(templates: readonly SloTemplate[]): number[] {
  return templates.flatMap(({ counting }) =>
    counting.from === 'cells' && 'thresholdSeconds' in counting.input
      ? [counting.input.thresholdSeconds]
      : [],
  )
}

export const THRESHOLDS_SECONDS: readonly number[] = thresholdsOf(DEFAULT_TEMPLATES)
