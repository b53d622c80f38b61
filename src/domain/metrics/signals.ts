/**
 * Which incoming metrics are which signal: data, one row a metric. A row holds on both wires: a
 * histogram row `m` matches the OTLP histogram `m` and the remote-write families `m_bucket`,
 * `m_count` and `m_sum`. Where several sources report the same signal of a tenant, the one with the
 * lowest rank counts and the others are shadowed: an application and its proxy count a request
 * once.
 *
 * Source: OpenTelemetry semantic conventions 1.37 (HTTP server metrics, process metrics, container
 * metrics) and their older names; the OpenTelemetry to Prometheus translation; names that
 * Prometheus client libraries document.
 */
import type { SignalName } from './cell.ts'

export type MetricShape = 'histogram' | 'counter' | 'gauge'
export type Part = 'value' | 'count' | 'sum' | 'bucket'

export interface SourceRow {
  readonly source: string
  readonly rank: number
  readonly metric: string
  readonly shape: MetricShape
  /** What each part of the metric is. */
  readonly signals: Partial<Readonly<Record<Part, SignalName>>>
  /**
   * How much one unit of the metric is in the signal's unit, where the metric itself does not name
   * its unit.
   */
  readonly scale?: number
  /** The row holds only for series with one of these labels at this value. */
  readonly where?: { readonly labels: readonly string[]; readonly value: string }
  /** The row does not hold for series with one of these labels at this value. */
  readonly except?: { readonly labels: readonly string[]; readonly value: string }
}

const MILLISECONDS = 0.001
const HTTP_PARTS = { count: 'requests', sum: 'duration_sum', bucket: 'duration' } as const
const DIRECTION = [
  'network.io.direction',
  'direction',
  'network_io_direction',
  'process.network.io.direction',
]
/** Waiting for a disk is a CPU state, but no CPU is used. */
const CPU_WAIT = { labels: ['cpu.mode', 'cpu_mode', 'state', 'process.cpu.state'], value: 'wait' }

export const SOURCE_ROWS: readonly SourceRow[] = [
  // OpenTelemetry, as it comes over OTLP
  otel(1, 'http.server.request.duration', 'histogram', HTTP_PARTS),
  otel(2, 'http.server.duration', 'histogram', HTTP_PARTS, { scale: MILLISECONDS }),
  otel(1, 'http.server.active_requests', 'gauge', { value: 'active_requests' }),
  otel(1, 'process.cpu.time', 'counter', { value: 'cpu' }, { except: CPU_WAIT }),
  otel(1, 'process.memory.usage', 'gauge', { value: 'memory' }),
  otel(1, 'process.network.io', 'counter', { value: 'network_in' }, { where: receive() }),
  otel(1, 'process.network.io', 'counter', { value: 'network_out' }, { where: transmit() }),
  otel(1, 'container.filesystem.usage', 'gauge', { value: 'storage' }),
  // the same after translation to Prometheus names
  translated(1, 'http_server_request_duration_seconds', 'histogram', HTTP_PARTS),
  translated(2, 'http_server_duration_milliseconds', 'histogram', HTTP_PARTS, {
    scale: MILLISECONDS,
  }),
  translated(1, 'http_server_active_requests', 'gauge', { value: 'active_requests' }),
  translated(
    1,
    'process_cpu_time_seconds_total',
    'counter',
    { value: 'cpu' },
    { except: CPU_WAIT },
  ),
  translated(1, 'process_memory_usage_bytes', 'gauge', { value: 'memory' }),
  translated(
    1,
    'process_network_io_bytes_total',
    'counter',
    { value: 'network_in' },
    {
      where: receive(),
    },
  ),
  translated(
    1,
    'process_network_io_bytes_total',
    'counter',
    { value: 'network_out' },
    {
      where: transmit(),
    },
  ),
  translated(1, 'container_filesystem_usage_bytes', 'gauge', { value: 'storage' }),
  // Prometheus client libraries and exporters
  client(1, 'http_requests_total', 'counter', { value: 'requests' }),
  client(2, 'http_request_duration_seconds', 'histogram', HTTP_PARTS),
  client(1, 'process_cpu_seconds_total', 'counter', { value: 'cpu' }),
  client(1, 'process_resident_memory_bytes', 'gauge', { value: 'memory' }),
  client(1, 'process_network_receive_bytes_total', 'counter', { value: 'network_in' }),
  client(1, 'process_network_transmit_bytes_total', 'counter', { value: 'network_out' }),
  client(1, 'pg_database_size_bytes', 'gauge', { value: 'storage' }),
]

/**
 * The histograms once more, as native ones: a source of its own, a little better than the classic
 * histogram of the same name, because senders may send both.
 */
export const NATIVE_ROWS: readonly SourceRow[] = SOURCE_ROWS.filter(
  ({ shape }) => shape === 'histogram',
).map((row) => ({ ...row, source: `${row.source}-native`, rank: row.rank - 0.5 }))

/** Where the status code of a request stands, in the order in which they are tried. */
export const STATUS_LABELS = [
  'http.response.status_code',
  'http.status_code',
  'http_response_status_code',
  'http_status_code',
  'status_code',
  'code',
  'status',
]

/**
 * What one unit, written as in UCUM, is in the unit that signals are kept in: seconds, bytes, plain
 * numbers.
 */
export const UNIT_SCALES: Readonly<Record<string, number>> = {
  s: 1,
  ms: MILLISECONDS,
  us: 1e-6,
  ns: 1e-9,
  min: 60,
  h: 3_600,
  By: 1,
  KiBy: 2 ** 10,
  MiBy: 2 ** 20,
  GiBy: 2 ** 30,
  kBy: 1e3,
  MBy: 1e6,
  GBy: 1e9,
}

type Choice = Pick<SourceRow, 'scale' | 'where' | 'except'>
type Signals = SourceRow['signals']

function otel(rank: number, metric: string, shape: MetricShape, signals: Signals, choice?: Choice) {
  return { source: sourceName('otel', rank), rank: 10 + rank, metric, shape, signals, ...choice }
}

function translated(
  rank: number,
  metric: string,
  shape: MetricShape,
  signals: Signals,
  choice?: Choice,
) {
  const source = sourceName('otel-prometheus', rank)
  return { source, rank: 20 + rank, metric, shape, signals, ...choice }
}

function client(rank: number, metric: string, shape: MetricShape, signals: Signals) {
  return { source: sourceName('prometheus', rank), rank: 30 + rank, metric, shape, signals }
}

/**
 * The second choice of a family is a source of its own: both may report at once, and only one may
 * count.
 */
function sourceName(family: string, rank: number): string {
  return rank === 1 ? family : `${family}-${rank}`
}

function receive() {
  return { labels: DIRECTION, value: 'receive' }
}

function transmit() {
  return { labels: DIRECTION, value: 'transmit' }
}
