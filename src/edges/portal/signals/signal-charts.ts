/**
 * Which charts a tenant's page shows: data, a row a chart. Lines that belong together share one; no
 * chart has two scales.
 */
import {
  formatBytes,
  formatByteRate,
  formatCores,
  formatLatency,
  formatRate,
  formatShare,
} from '../format/format.ts'

export interface ChartLine {
  readonly signal: string
  readonly label: string
  /** Which of the series colours, and how it is drawn: never told by colour alone. */
  readonly colour: 1 | 2 | 3
  readonly dash?: readonly number[]
}

export interface ChartRow {
  readonly chart: string
  readonly title: string
  /** What is drawn, in the words of the axis. */
  readonly unit: string
  readonly lines: readonly ChartLine[]
  readonly format: (value: number | null) => string
  /** Filled down to zero, for amounts of one line. */
  readonly isFilled?: boolean
  /** Bytes are marked at powers of two. */
  readonly isBinary?: boolean
  /** What a sender has to send where nothing of this ever came. */
  readonly needs: string
}

export const CHART_GROUPS: readonly {
  readonly title: string
  readonly charts: readonly ChartRow[]
}[] = [
  {
    title: 'How it is served',
    charts: [
      {
        chart: 'traffic',
        title: 'Traffic',
        unit: 'requests a second',
        lines: [{ signal: 'requests_per_second', label: 'Requests', colour: 1 }],
        format: formatRate,
        isFilled: true,
        needs: 'http.server.request.duration or http_requests_total',
      },
      {
        chart: 'errors',
        title: 'Errors',
        unit: 'share of requests answered 5xx',
        lines: [{ signal: 'error_ratio', label: 'Errors', colour: 3 }],
        format: formatShare,
        isFilled: true,
        needs: 'http.server.request.duration or http_requests_total with a status code',
      },
      {
        chart: 'duration',
        title: 'Duration',
        unit: 'response time',
        lines: [
          { signal: 'duration_p99_seconds', label: 'p99', colour: 1 },
          { signal: 'duration_p90_seconds', label: 'p90', colour: 2, dash: [6, 3] },
          { signal: 'duration_p50_seconds', label: 'p50', colour: 3, dash: [2, 3] },
        ],
        format: formatLatency,
        needs: 'a histogram: http.server.request.duration or http_request_duration_seconds',
      },
    ],
  },
  {
    title: 'What it uses',
    charts: [
      {
        chart: 'cpu',
        title: 'CPU',
        unit: 'cores in use',
        lines: [{ signal: 'cpu_cores', label: 'CPU', colour: 1 }],
        format: formatCores,
        isFilled: true,
        needs: 'process.cpu.time or process_cpu_seconds_total',
      },
      {
        chart: 'memory',
        title: 'Memory',
        unit: 'bytes in use',
        lines: [{ signal: 'memory_bytes', label: 'Memory', colour: 2 }],
        format: formatBytes,
        isBinary: true,
        isFilled: true,
        needs: 'process.memory.usage or process_resident_memory_bytes',
      },
      {
        chart: 'network',
        title: 'Network',
        unit: 'bytes a second',
        lines: [
          { signal: 'network_in_bytes_per_second', label: 'In', colour: 1 },
          { signal: 'network_out_bytes_per_second', label: 'Out', colour: 2, dash: [6, 3] },
        ],
        format: formatByteRate,
        isBinary: true,
        needs: 'process.network.io or process_network_receive_bytes_total',
      },
      {
        chart: 'storage',
        title: 'Storage',
        unit: 'bytes stored',
        lines: [{ signal: 'storage_bytes', label: 'Storage', colour: 3 }],
        format: formatBytes,
        isBinary: true,
        isFilled: true,
        needs: 'container.filesystem.usage or pg_database_size_bytes',
      },
    ],
  },
]

export const CHART_SIGNALS = CHART_GROUPS.flatMap(({ charts }) =>
  charts.flatMap(({ lines }) => lines.map(({ signal }) => signal)),
)
