/** The contract of all rows of the signal tables, and worked lines of each exporter. */
import { describe, expect, it } from 'vitest'
import { SIGNALS, type SignalName } from '../../../src/domain/metrics/cell.ts'
import { Mappings } from '../../../src/domain/metrics/mapping.ts'
import {
  nativeRow,
  SOURCE_FAMILIES,
  SOURCE_ROWS,
  UNIT_SCALES,
} from '../../../src/domain/metrics/signals.ts'
import type { LabelRule, SourceRow } from '../../../src/domain/metrics/signals/source-row.ts'
import { UNCLAIMED_ROWS, whyUnclaimed } from '../../../src/domain/metrics/signals/unclaimed.ts'
import { isRatioSignal } from '../../../src/core/names/signals.ts'
import { refusalOf, statusClass } from '../../../src/domain/metrics/status-class.ts'

const mappings = new Mappings()

type Labels = Readonly<Record<string, string>>
const reader = (labels: Labels) => (name: string) => labels[name]

/** Labels for which a row holds, as few as there can be. */
function labelsFor({ where = [], except = [] }: SourceRow): Labels {
  const value = (pattern: string) => (pattern === '*' ? 'any' : pattern.replace('*', '1'))
  const asked = where.filter(({ values }) => values[0] !== '')
  const absent = except.filter(({ values }) => values.includes(''))
  return Object.fromEntries([
    ...absent.map(({ labels }): [string, string] => [labels[0]!, 'something']),
    ...asked.map(({ labels, values }): [string, string] => [labels[0]!, value(values[0]!)]),
  ])
}

const PARTS = { histogram: ['count', 'sum', 'bucket'], counter: ['value'], gauge: ['value'] }

describe('every row', () => {
  const named = SOURCE_ROWS.map((row) => [`${row.source} ${row.metric}`, row] as const)

  it.each(named)('%s feeds signals that fit its shape', (_name, row) => {
    for (const [part, signal] of Object.entries(row.signals)) {
      expect(PARTS[row.shape]).toContain(part)
      const { kind, by } = SIGNALS[signal] as { kind: string; by?: string }
      if (part === 'bucket') expect(by).toBe('bucket')
      else if (row.shape === 'gauge') {
        expect(kind === 'gauge' || signal === 'probes' || isRatioSignal(signal)).toBe(true)
      } else expect(kind).toBe('counter')
    }
  })

  it.each(named)('%s has a unit that is known', (_name, { unit }) => {
    expect(unit === undefined || unit.startsWith('{') || unit in UNIT_SCALES).toBe(true)
  })

  it.each(named)('%s is subtracted only beside what it is subtracted from', (_name, row) => {
    if ((row.scale ?? 1) > 0) return
    const { source, resource, signals, where, except } = row
    const isGauge = row.shape === 'gauge' && SIGNALS[signals.value!].kind === 'gauge'
    const whole = SOURCE_ROWS.filter(({ scale = 1 }) => scale > 0).map((each) => ({
      source: each.source,
      resource: each.resource,
      signals: each.signals,
      where: each.where,
      except: each.except,
    }))
    expect(isGauge).toBe(true)
    expect(whole).toContainEqual({ source, resource, signals, where, except })
  })

  it.each(named)('%s is what is found for the labels that it asks for', (_name, row) => {
    const labels = reader(labelsFor(row))
    expect(mappings.otlp(row.metric, '', row.shape, labels)?.row).toEqual(row)
    const part = Object.keys(row.signals)[0]!
    const series = part === 'value' ? row.metric : `${row.metric}_${part}`
    expect(mappings.prometheus(series, labels)?.row).toEqual(row)
    if (row.shape === 'histogram') {
      expect(mappings.native(row.metric, labels)?.row).toEqual(nativeRow(row))
    }
  })

  it('is of one family, whose name may stand in a word of the checkpoint', () => {
    const sources = SOURCE_FAMILIES.map(({ source }) => source)
    expect(new Set(sources).size).toBe(sources.length)
    for (const source of sources) expect(source).toMatch(/^[a-z][a-z0-9-]*$/)
  })

  it('and its rank stand in the golden file', async () => {
    const rules = (word: string, all: readonly LabelRule[] = []) =>
      all.map(({ labels, values }) => ` ${word} ${labels[0]!}=${values.join('|')}`).join('')
    const lines = SOURCE_ROWS.map((row) => {
      const signals = [...new Set(Object.values(row.signals))].join(', ')
      const resource = row.resource === undefined ? '' : ` of ${row.resource}`
      const which = rules('where', row.where) + rules('except', row.except)
      const arrow = (row.scale ?? 1) < 0 ? 'subtracted ->' : '->'
      return `${row.rank} ${row.source}: ${row.metric} (${row.shape}) ${arrow} ${signals}${resource}${which}`
    })
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../golden/signals.txt')
  })
})

type Line = [name: string, labels: Labels, source: string, signal: SignalName, scale?: number]
const LINES: Line[] = [
  ['process_network_io_bytes_total', { direction: 'receive' }, 'otel-prometheus', 'network_in'],
  [
    'process_network_io_bytes_total',
    { network_io_direction: 'transmit' },
    'otel-prometheus',
    'network_out',
  ],
  ['http_server_request_duration_seconds_count', {}, 'otel-prometheus', 'requests'],
  ['http_server_duration_milliseconds_bucket', {}, 'otel-prometheus-2', 'duration', 0.001],
  ['http.server.request.duration_seconds_bucket', {}, 'otel-prometheus', 'duration'],
  ['http_client_request_duration_seconds_sum', {}, 'otel-prometheus', 'dependency_duration_sum'],
  [
    'http_client_request_duration_seconds_bucket',
    { telemetry_sdk_language: 'webjs' },
    'otel-prometheus',
    'user_duration',
  ],
  [
    'container_cpu_usage_seconds_total',
    { id: '/kubepods/x', container: 'app', cpu: 'total' },
    'cadvisor',
    'cpu',
  ],
  [
    'container_cpu_usage_seconds_total',
    { container: 'app', pod: 'p', namespace: 'n' },
    'kubelet',
    'cpu',
  ],
  ['container_cpu_usage_seconds_total', { id: '/docker/x', name: 'app' }, 'cadvisor-docker', 'cpu'],
  [
    'container_network_receive_bytes_total',
    { id: '/kubepods/x', pod: 'p', interface: 'eth0' },
    'cadvisor',
    'network_in',
  ],
  ['kubelet_volume_stats_used_bytes', { persistentvolumeclaim: 'data' }, 'kubelet', 'storage'],
  ['process_cpu_time_ns_total', {}, 'micrometer', 'cpu', 1e-9],
  ['http_server_requests_seconds_count', { status: '200' }, 'micrometer', 'requests'],
  ['http_requests_received_total', { code: '200' }, 'prometheus-net', 'requests'],
  ['grpc_server_handled_total', { grpc_code: 'OK' }, 'prometheus', 'requests'],
  [
    'envoy_http_downstream_rq_xx',
    { envoy_response_code_class: '5', envoy_http_conn_manager_prefix: 'ingress_http' },
    'envoy',
    'requests',
  ],
  [
    'envoy_http_downstream_rq_time_bucket',
    { envoy_http_conn_manager_prefix: 'ingress_http' },
    'envoy',
    'duration',
    0.001,
  ],
  ['istio_requests_total', { reporter: 'destination' }, 'istio', 'requests'],
  ['nginx_ingress_controller_requests', { status: '502' }, 'ingress-nginx', 'requests'],
  ['nginx_vts_server_requests_total', { host: 'a', code: '5xx' }, 'nginx-vts', 'requests'],
  ['nginx_vts_server_bytes_total', { host: 'a', direction: 'out' }, 'nginx-vts', 'network_out'],
  ['nginx_http_requests_total', {}, 'nginx', 'requests'],
  ['pg_database_size_bytes', { datname: 'a' }, 'postgres', 'storage'],
  ['node_cpu_seconds_total', { mode: 'user' }, 'node', 'cpu'],
  ['node_memory_MemTotal_bytes', {}, 'node', 'memory'],
  ['node_memory_MemAvailable_bytes', {}, 'node', 'memory', -1],
  ['node_filesystem_size_bytes', { fstype: 'ext4', mountpoint: '/' }, 'node', 'storage'],
  ['node_filesystem_free_bytes', { fstype: 'ext4', mountpoint: '/' }, 'node', 'storage', -1],
  ['probe_success', {}, 'blackbox', 'probes'],
]

describe('a line of an exporter', () => {
  it.each<Line>(LINES)('%s %o is of %s: %s', (...line) => {
    const [name, labels, source, signal, scale = 1] = line
    const { row, part, ...rest } = mappings.prometheus(name, reader(labels))!
    expect({ source: row.source, signal: row.signals[part!] }).toEqual({ source, signal })
    expect(rest.scale).toBe(scale)
  })

  it.each<[name: string, labels: Labels, what: string]>([
    ['container_cpu_usage_seconds_total', { id: '/', cpu: 'total' }, 'the root cgroup'],
    ['container_cpu_usage_seconds_total', { id: '/kubepods/x', pod: 'p' }, 'a pod as a whole'],
    ['container_cpu_usage_seconds_total', { id: '/k/x', pod: 'p', container: 'POD' }, 'its pause'],
    ['container_network_receive_bytes_total', { id: '/', interface: 'eth0' }, 'the host'],
    ['envoy_http_downstream_rq_xx', { envoy_http_conn_manager_prefix: 'admin' }, 'a scrape'],
    [
      'envoy_http_downstream_rq_xx',
      { envoy_http_conn_manager_prefix: 'outbound_0.0.0.0' },
      'calls',
    ],
    ['envoy_cluster_upstream_rq_xx', { envoy_response_code_class: '2' }, 'the same handed on'],
    ['istio_requests_total', { reporter: 'source' }, 'the calling side'],
    ['nginx_vts_server_requests_total', { host: '*', code: '2xx' }, 'the sum of hosts'],
    ['nginx_vts_server_requests_total', { host: 'a', code: 'total' }, 'the sum of codes'],
    ['node_cpu_seconds_total', { mode: 'idle' }, 'no CPU that was used'],
    ['node_filesystem_size_bytes', { fstype: 'tmpfs', mountpoint: '/run' }, 'memory'],
    [
      'node_filesystem_free_bytes',
      { fstype: 'ext4', mountpoint: '/var/lib/kubelet/pods/1/m' },
      'a volume, of which the kubelet tells',
    ],
    ['kube_pod_container_resource_requests', { resource: 'cpu' }, 'what was asked for'],
  ])('%s %o is nothing: %s', (name, labels, _what) => {
    expect(mappings.prometheus(name, reader(labels))).toBeUndefined()
    expect(whyUnclaimed(name)).toBeDefined()
  })

  it('is explained where it feeds nothing, and claimed names are never explained alone', () => {
    for (const { pattern, because } of UNCLAIMED_ROWS) {
      expect(because).not.toBe('')
      const exact = SOURCE_ROWS.some(({ metric, where, except }) => {
        return metric === pattern && where === undefined && except === undefined
      })
      expect(exact).toBe(false)
    }
  })
})

describe('an OTLP metric that only Prometheus has a name for', () => {
  const meaning = (name: string, unit: string, shape: 'counter' | 'gauge' | 'histogram') => {
    const found = mappings.otlp(name, unit, shape, reader({}))
    return found && [found.row.metric, found.scale]
  }

  it('means what that name means, in its own unit', () => {
    expect(meaning('http.requests', '1', 'counter')).toEqual(['http_requests_total', 1])
    expect(meaning('http_requests', '', 'counter')).toEqual(['http_requests_total', 1])
    expect(meaning('process.resident_memory', 'By', 'gauge')?.[0]).toBe(
      'process_resident_memory_bytes',
    )
    expect(meaning('http.request.duration', 's', 'histogram')).toEqual([
      'http_request_duration_seconds',
      1,
    ])
  })

  it('means nothing of another shape or unit', () => {
    expect(meaning('http.requests', '1', 'gauge')).toBeUndefined()
    expect(meaning('http.request.duration', 'h', 'histogram')).toBeUndefined()
  })
})

describe('the class of a status', () => {
  it.each([
    ['requests', { code: '404' }, '4xx'],
    ['requests', { code: '5xx' }, '5xx'],
    ['requests', { envoy_response_code_class: '2' }, '2xx'],
    ['requests', { code: '2' }, 'unknown'],
    ['requests', { grpc_code: 'NotFound' }, '4xx'],
    ['requests', { 'rpc.response.status_code': 'DEADLINE_EXCEEDED' }, '5xx'],
    ['requests', { 'rpc.grpc.status_code': '0' }, '2xx'],
    ['requests', { 'error.type': 'timeout' }, '5xx'],
    ['requests', {}, 'unknown'],
    ['dependency_calls', {}, '2xx'],
    ['dependency_calls', { error_type: 'ETIMEDOUT' }, '5xx'],
    ['dependency_calls', { 'http.response.status_code': '503', 'error.type': '503' }, '5xx'],
  ] as const)('of %s %o is %s', (signal, labels, expected) => {
    expect(statusClass(signal, reader(labels as unknown as Labels))).toBe(expected)
  })
})

describe('how a request was turned away', () => {
  it.each([
    [{ code: '429' }, '429'],
    [{ code: '503' }, '503'],
    [{ 'http.response.status_code': '429', 'error.type': '429' }, '429'],
    [{ 'http.response.status_code': '429', 'error.type': 'quota_exceeded' }, 'quota'],
    [{ code: '429', reason: 'TenantQuota' }, 'quota'],
    [{ code: '503', reason: 'quota' }, '503'],
    [{ grpc_code: 'ResourceExhausted' }, '429'],
    [{ 'rpc.grpc.status_code': '14' }, '503'],
    [{ 'rpc.response.status_code': 'UNAVAILABLE' }, '503'],
    [{ code: '4xx' }, undefined],
    [{ envoy_response_code_class: '5' }, undefined],
    [{ code: '500' }, undefined],
    [{ code: '200', reason: 'quota' }, undefined],
  ] as const)('by %o is %s', (labels, expected) => {
    expect(refusalOf(reader(labels as unknown as Labels))).toBe(expected)
  })
})
