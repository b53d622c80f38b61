/** SLOs of every kind that rules can count, and some that they cannot. */
import { DEFAULT_INPUT } from '../../src/codegen/input.ts'
import type { SloSpec } from '../../src/domain/slo/model/slo-spec.ts'
import { HOSTILE_SLO } from './hostile.ts'

export const EVERY_KIND: readonly SloSpec[] = [
  ...DEFAULT_INPUT.slos,
  HOSTILE_SLO,
  {
    sloId: 'own-latency',
    title: 'Own latency',
    indicator: {
      kind: 'latency-threshold',
      histogram: {
        metric: 'app_seconds',
        where: [{ label: 'route', op: '=', value: '/pay' }],
      },
      thresholdSeconds: 1,
    },
    period: { calendar: 'month', zone: 'Europe/Berlin' },
    objectives: [{ percentByTier: { starter: 99, professional: 99.5, enterprise: 99.9 } }],
    minTotalEvents: { starter: 20, professional: 10, enterprise: 5 },
  },
  {
    sloId: 'good-and-bad',
    title: 'Good and bad',
    indicator: { kind: 'event-ratio', good: { metric: 'ok_total' }, bad: { metric: 'ko_total' } },
    period: { rolling: '28d' },
    objectives: [{ percent: 99 }],
  },
  {
    sloId: 'good-of-all',
    title: 'Good of all',
    indicator: {
      kind: 'event-ratio',
      good: { metric: 'ok_total' },
      total: { metric: 'all_total' },
    },
    period: { rolling: '7d' },
    objectives: [{ percent: 99 }],
  },
  {
    sloId: 'five-minute-slices',
    title: 'Slices',
    indicator: {
      kind: 'ratio-time-slice',
      bad: { signal: 'requests', classes: ['5xx'] },
      total: { signal: 'requests' },
      slice: '5m',
    },
    period: { rolling: '30d' },
    objectives: [{ percent: 99.9 }],
  },
  {
    sloId: 'raw',
    title: 'Raw',
    indicator: { kind: 'event-ratio', raw: { signal: 'error_ratio' } },
    period: { rolling: '30d' },
    objectives: [{ percent: 99.9 }],
  },
  {
    sloId: 'probes',
    title: 'Probes',
    indicator: { kind: 'probe' },
    period: { rolling: '30d' },
    objectives: [{ percent: 99 }],
    alerts: [],
  },
]
