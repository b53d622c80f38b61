/**
 * What OpenTelemetry's semantic conventions name: stable names, the names before them, and those
 * that the Collector's receivers give to hosts, containers and pods. Names are the native ones;
 * translated.ts makes of them what Prometheus calls them.
 *
 * Source: semantic conventions 1.37 to 1.41 (HTTP, RPC, database, messaging, process, system,
 * container and Kubernetes metrics, JVM and .NET runtimes) and 1.20 (the old names); documentation
 * of the Collector's kubeletstats, hostmetrics, postgresql and httpcheck receivers.
 */
import {
  CALL_PARTS,
  counter,
  gauge,
  histogram,
  HTTP_PARTS,
  USER_PARTS,
  type LabelRule,
  type MetricRow,
  type SourceFamily,
} from './source-row.ts'

const DIRECTION = ['network.io.direction', 'direction', 'process.network.io.direction']
const RECEIVED: LabelRule = { labels: DIRECTION, values: ['receive'] }
const SENT: LabelRule = { labels: DIRECTION, values: ['transmit'] }

/** Waiting for a disk is a CPU state, but no CPU is used. */
const CPU_MODE = ['cpu.mode', 'process.cpu.state', 'system.cpu.state', 'state']
const WAITING: LabelRule = { labels: CPU_MODE, values: ['wait', 'iowait'] }
const NOT_USED: LabelRule = { labels: CPU_MODE, values: ['idle', 'wait', 'iowait', 'steal'] }

/** The SDK of browsers: what it measures is what the user waited for. */
const BROWSER: LabelRule = { labels: ['telemetry.sdk.language'], values: ['webjs'] }

function network(metric: string): MetricRow[] {
  return [
    counter(metric, 'network_in', { unit: 'By', where: [RECEIVED] }),
    counter(metric, 'network_out', { unit: 'By', where: [SENT] }),
  ]
}

export const OTEL_CONTAINER: SourceFamily = {
  source: 'otel-container',
  says: 'containers, measured by an OpenTelemetry Collector',
  rows: [
    counter('container.cpu.time', 'cpu', { unit: 's' }),
    gauge('container.memory.working_set', 'memory', { unit: 'By' }),
    gauge('container.filesystem.usage', 'storage', { unit: 'By', resource: 'files' }),
    ...network('container.network.io'),
  ],
}

/** Beside the working set, or where there is none. */
export const OTEL_CONTAINER_2: SourceFamily = {
  source: 'otel-container-2',
  says: 'containers, measured by an OpenTelemetry Collector, caches included',
  rows: [gauge('container.memory.usage', 'memory', { unit: 'By' })],
}

export const OTEL_POD: SourceFamily = {
  source: 'otel-pod',
  says: 'pods, measured by an OpenTelemetry Collector',
  rows: [
    counter('k8s.pod.cpu.time', 'cpu', { unit: 's' }),
    gauge('k8s.pod.memory.working_set', 'memory', { unit: 'By' }),
    gauge('k8s.pod.filesystem.usage', 'storage', { unit: 'By', resource: 'files' }),
    gauge('k8s.pod.volume.usage', 'storage', { unit: 'By', resource: 'volume' }),
    ...network('k8s.pod.network.io'),
  ],
}

export const OTEL_POD_2: SourceFamily = {
  source: 'otel-pod-2',
  says: 'pods, measured by an OpenTelemetry Collector, caches included',
  rows: [gauge('k8s.pod.memory.usage', 'memory', { unit: 'By' })],
}

export const OTEL: SourceFamily = {
  source: 'otel',
  says: 'the application, by OpenTelemetry',
  rows: [
    histogram('http.server.request.duration', HTTP_PARTS, { unit: 's' }),
    histogram('rpc.server.call.duration', HTTP_PARTS, { unit: 's' }),
    gauge('http.server.active_requests', 'active_requests', { unit: '{request}' }),
    counter('process.cpu.time', 'cpu', { unit: 's', except: [WAITING] }),
    gauge('process.memory.usage', 'memory', { unit: 'By' }),
    ...network('process.network.io'),
    histogram('http.client.request.duration', USER_PARTS, { unit: 's', where: [BROWSER] }),
    histogram('http.client.request.duration', CALL_PARTS, {
      unit: 's',
      resource: 'http',
      except: [BROWSER],
    }),
    histogram('db.client.operation.duration', CALL_PARTS, { unit: 's', resource: 'database' }),
    histogram('rpc.client.call.duration', CALL_PARTS, { unit: 's', resource: 'rpc' }),
    histogram('messaging.client.operation.duration', CALL_PARTS, {
      unit: 's',
      resource: 'messaging',
    }),
  ],
}

export const OTEL_2: SourceFamily = {
  source: 'otel-2',
  says: 'the application, by OpenTelemetry under old names',
  rows: [
    histogram('http.server.duration', HTTP_PARTS, { unit: 'ms' }),
    histogram('rpc.server.duration', HTTP_PARTS, { unit: 'ms' }),
    histogram('http.client.duration', USER_PARTS, { unit: 'ms', where: [BROWSER] }),
    histogram('http.client.duration', CALL_PARTS, {
      unit: 'ms',
      resource: 'http',
      except: [BROWSER],
    }),
    histogram('rpc.client.duration', CALL_PARTS, { unit: 'ms', resource: 'rpc' }),
    histogram('messaging.publish.duration', CALL_PARTS, { unit: 's', resource: 'messaging' }),
    histogram('messaging.receive.duration', CALL_PARTS, { unit: 's', resource: 'messaging' }),
  ],
}

/** A runtime's own view of its process. */
export const OTEL_RUNTIME: SourceFamily = {
  source: 'otel-runtime',
  says: 'the runtime of the application, by OpenTelemetry',
  rows: [
    counter('jvm.cpu.time', 'cpu', { unit: 's' }),
    gauge('jvm.memory.used', 'memory', { unit: 'By' }),
    counter('dotnet.process.cpu.time', 'cpu', { unit: 's' }),
    gauge('dotnet.process.memory.working_set', 'memory', { unit: 'By' }),
    gauge('go.memory.used', 'memory', { unit: 'By' }),
  ],
}

/** The bytes that a network interface also counts, headers aside. */
export const OTEL_BODIES: SourceFamily = {
  source: 'otel-bodies',
  says: 'bodies of requests and responses, by OpenTelemetry',
  rows: [
    histogram('http.server.request.body.size', { sum: 'network_in' }, { unit: 'By' }),
    histogram('http.server.response.body.size', { sum: 'network_out' }, { unit: 'By' }),
  ],
}

export const OTEL_BODIES_2: SourceFamily = {
  source: 'otel-bodies-2',
  says: 'bodies of requests and responses, by OpenTelemetry under old names',
  rows: [
    histogram('http.server.request.size', { sum: 'network_in' }, { unit: 'By' }),
    histogram('http.server.response.size', { sum: 'network_out' }, { unit: 'By' }),
  ],
}

export const OTEL_POSTGRES: SourceFamily = {
  source: 'otel-postgres',
  says: 'PostgreSQL, measured by an OpenTelemetry Collector',
  rows: [
    gauge('postgresql.db_size', 'storage', { unit: 'By', resource: 'database' }),
    counter('postgresql.commits', 'dependency_calls', { resource: 'database' }),
    counter('postgresql.rollbacks', 'dependency_calls', { resource: 'database' }),
  ],
}

/** A check is there once for each status class and is 1 for the one that the answer had. */
export const OTEL_PROBE: SourceFamily = {
  source: 'otel-probe',
  says: 'checks from outside, by an OpenTelemetry Collector',
  rows: [
    gauge('httpcheck.status', 'probes', {
      where: [{ labels: ['http.status_class'], values: ['2xx'] }],
    }),
  ],
}

/** A whole host: only where it is one tenant's. */
export const OTEL_SYSTEM: SourceFamily = {
  source: 'otel-system',
  says: 'hosts, measured by an OpenTelemetry Collector',
  rows: [
    counter('system.cpu.time', 'cpu', { unit: 's', except: [NOT_USED] }),
    gauge('system.memory.usage', 'memory', {
      unit: 'By',
      where: [{ labels: ['system.memory.state', 'state'], values: ['used'] }],
    }),
    gauge('system.filesystem.usage', 'storage', {
      unit: 'By',
      resource: 'files',
      where: [{ labels: ['system.filesystem.state', 'state'], values: ['used'] }],
    }),
    ...network('system.network.io').map((row) => ({
      ...row,
      except: [{ labels: ['network.interface.name', 'device'], values: ['lo', 'lo0'] }],
    })),
  ],
}
