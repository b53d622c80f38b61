/** Tenantry itself: what it takes in, what it keeps, whether it keeps up. */
import type { Board, Panel, Threshold } from './board.ts'
import { NONE_SCALE } from './common.ts'
import { orZero, perSecond, quantileBy, sumBy } from './queries.ts'

const FULL: readonly Threshold[] = [
  { from: null, color: 'green' },
  { from: 0.02, color: 'yellow' },
  { from: 0.1, color: 'red' },
]

export const board: Board = {
  uid: 'tenantry-collector',
  title: 'Tenantry / Collector',
  description: 'Tenantry itself: what it takes in, what it keeps, whether it keeps up.',
  variables: [],
  annotations: [],
  links: ['tenantry-fleet', 'tenantry-tenant', 'tenantry-slo'],
  rows: [
    { title: 'Now', panels: now() },
    { title: 'What comes in', panels: intake() },
    { title: 'What is kept', panels: kept() },
    { title: 'Whether it keeps up', panels: pace() },
    { title: 'What goes out', panels: out() },
  ],
}

function now(): Panel[] {
  const stat = { kind: 'stat', width: 4, height: 4, noValue: '0' } as const
  return [
    {
      ...stat,
      title: 'Samples',
      description: 'Samples received a second.',
      unit: 'suffix: samples/s',
      queries: [
        { expr: sumBy([], perSecond('tenantry_ingest_samples_total')), legend: 'received' },
      ],
    },
    {
      ...stat,
      title: 'Refused in the last hour',
      description: 'Requests or samples refused or dropped. The row below says why.',
      unit: 'short',
      decimals: 0,
      thresholds: NONE_SCALE,
      queries: [
        { expr: orZero('sum(increase(tenantry_ingest_refused_total[1h]))'), legend: 'refused' },
      ],
    },
    {
      ...stat,
      title: 'Series',
      description: 'Series that are known now.',
      unit: 'short',
      queries: [{ expr: 'tenantry_series', legend: 'series' }],
    },
    {
      ...stat,
      title: 'Targets that are down',
      description: 'Targets that are scraped and do not answer.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [{ expr: 'tenantry_scrape_targets{health="down"}', legend: 'down' }],
    },
    {
      ...stat,
      title: 'Imbalances',
      description:
        'Times that received samples were not the sum of their outcomes. Any is a defect.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [{ expr: orZero('sum(tenantry_ingest_imbalances_total)'), legend: 'imbalances' }],
    },
    {
      ...stat,
      title: 'Up since',
      description: 'Time since the last start.',
      unit: 's',
      queries: [
        {
          expr: 'time() - process_start_time_seconds and on(instance, job) tenantry_tenants',
          legend: 'up',
        },
      ],
    },
  ]
}

function intake(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'Samples by outcome',
      description: 'Samples a second, by what became of them.',
      unit: 'suffix: samples/s',
      stacked: true,
      queries: [
        {
          expr: sumBy(['outcome'], perSecond('tenantry_ingest_samples_total')),
          legend: '{{outcome}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Requests by answer',
      description: 'Write requests a second, by protocol and status code.',
      unit: 'reqps',
      queries: [
        {
          expr: sumBy(['protocol', 'code'], perSecond('tenantry_ingest_requests_total')),
          legend: '{{protocol}} {{code}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Refused, by reason',
      description: 'Requests or samples a second that were refused or dropped, by reason.',
      unit: 'short',
      queries: [
        {
          expr: sumBy(['reason'], perSecond('tenantry_ingest_refused_total')),
          legend: '{{reason}}',
        },
      ],
    },
    {
      ...lines,
      title: 'Time to answer a write',
      description: 'From a request read whole to its answer, and of it the wait for its turn.',
      unit: 's',
      queries: [
        {
          expr: quantileBy(0.99, [], perSecond('tenantry_ingest_request_seconds', '', '_bucket')),
          legend: 'p99, answer',
        },
        {
          expr: quantileBy(0.99, [], perSecond('tenantry_ingest_wait_seconds', '', '_bucket')),
          legend: 'p99, its turn',
        },
      ],
    },
  ]
}

function kept(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'Log',
      description: 'The write-ahead log: its size on disk, and what a restart would replay.',
      unit: 'bytes',
      queries: [
        { expr: 'tenantry_log_bytes', legend: 'on disk' },
        { expr: 'tenantry_checkpoint_lag_bytes', legend: 'to be replayed' },
        { expr: 'tenantry_log_unsynced_bytes', legend: 'a power cut could take' },
      ],
    },
    {
      ...lines,
      title: 'Time of a checkpoint',
      description: 'How long one takes, and how many have failed since the last that was written.',
      unit: 's',
      queries: [
        {
          expr: quantileBy(0.99, [], perSecond('tenantry_checkpoint_seconds', '', '_bucket')),
          legend: 'p99',
        },
      ],
    },
    {
      ...lines,
      title: 'Checkpoints that failed in a row',
      description: 'From three on a restart takes longer with each minute: look at the disk.',
      unit: 'short',
      thresholds: NONE_SCALE,
      queries: [{ expr: 'tenantry_checkpoint_failures_in_a_row', legend: 'failed' }],
    },
    {
      ...lines,
      title: 'What is counted',
      description: 'Series, what they add up to, and the SLOs of tenants.',
      unit: 'short',
      queries: [
        { expr: 'tenantry_series', legend: 'series' },
        { expr: 'tenantry_cells', legend: 'cells' },
        { expr: 'tenantry_slo_slots', legend: 'SLOs of tenants' },
      ],
    },
  ]
}

function pace(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'Time of a tick',
      description: 'Main-thread time of one evaluation of all SLOs; every five seconds there is one.',
      unit: 's',
      queries: [0.5, 0.99].map((quantile) => ({
        expr: quantileBy(quantile, [], perSecond('tenantry_tick_seconds', '', '_bucket')),
        legend: `p${quantile * 100}`,
      })),
    },
    {
      ...lines,
      title: 'Ticks late or failed',
      description: 'Ticks a second that began late or ended with an error.',
      unit: 'short',
      queries: [
        { expr: orZero(sumBy([], perSecond('tenantry_tick_late_total'))), legend: 'late' },
        { expr: orZero(sumBy([], perSecond('tenantry_tick_failures_total'))), legend: 'failed' },
      ],
    },
    {
      ...lines,
      title: 'Delay of the event loop',
      description: 'How long other work waited for its turn. Writes wait as long.',
      unit: 's',
      thresholds: FULL,
      queries: [{ expr: 'tenantry_event_loop_delay_seconds', legend: '{{quantile}}' }],
    },
    {
      ...lines,
      title: 'CPU and memory',
      description: 'Cores in use by Tenantry.',
      unit: 'suffix: cores',
      decimals: 2,
      queries: [
        {
          expr: 'rate(process_cpu_seconds_total[$__rate_interval]) and on(instance, job) tenantry_tenants',
          legend: 'CPU',
        },
      ],
    },
    {
      ...lines,
      title: 'Resident memory',
      description: 'Memory of the process, and of it what JavaScript holds.',
      unit: 'bytes',
      queries: [
        {
          expr: 'process_resident_memory_bytes and on(instance, job) tenantry_tenants',
          legend: 'resident',
        },
        {
          expr: 'nodejs_heap_size_used_bytes and on(instance, job) tenantry_tenants',
          legend: 'heap in use',
        },
      ],
    },
  ]
}

function out(): Panel[] {
  const lines = { kind: 'lines', width: 12, min: 0 } as const
  return [
    {
      ...lines,
      title: 'Deliveries that wait',
      description: 'Notifications that are to be sent, and those that were given up.',
      unit: 'short',
      queries: [
        { expr: 'tenantry_outbox_pending', legend: 'wait' },
        { expr: 'tenantry_outbox_dead', legend: 'given up' },
      ],
    },
    {
      ...lines,
      title: 'Age of the oldest that waits',
      description: 'From two minutes on somebody is not told in time.',
      unit: 's',
      queries: [{ expr: 'tenantry_outbox_oldest_seconds', legend: 'oldest' }],
    },
    {
      ...lines,
      title: 'API requests',
      description: 'API requests a second, by status code.',
      unit: 'reqps',
      queries: [
        { expr: sumBy(['code'], perSecond('tenantry_http_requests_total')), legend: '{{code}}' },
      ],
    },
    {
      ...lines,
      title: 'Scheduled work',
      description: 'Runs of scheduled work in the last hour, by job and outcome.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (exported_job, outcome) (increase(tenantry_job_runs_total[1h]))',
          legend: '{{exported_job}} {{outcome}}',
        },
      ],
    },
  ]
}
