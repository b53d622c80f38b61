/**
 * The sample platform's instruments, as any service would have them: the OpenTelemetry SDK with its
 * OTLP exporter. CPU, memory and network are this process's own, told apart by tenant: the time
 * that the thread worked for it, the bytes that are held for it, the bodies that came and went.
 * Only the storage is invented: nothing lies on the disk.
 */
import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SECOND_MS } from '../../core/time.ts'
import type { PlatformStart } from './platform-protocol.ts'
import {
  cpuAttributes,
  memoryAttributes,
  networkAttributes,
  PLATFORM_SCOPE,
  PLATFORM_SIGNALS,
  requestAttributes,
  resourceAttributes,
  responseAttributes,
  type ResponseKind,
  storageAttributes,
} from './platform-signals.ts'
import { DURATION_BOUNDS } from './shape.ts'
import type { TenantWork } from './tenant-work.ts'

export interface PlatformMetrics {
  began(tenantId: string): void
  ended(tenantId: string, kind: ResponseKind, seconds: number): void
  /** Exports a last time and ends. */
  shutdown(): Promise<void>
}

/** The last export must not hold up a stop for longer than the demo waits for the process. */
const EXPORT_TIMEOUT_MS = 3 * SECOND_MS

/** Starts the SDK and registers the instruments. */
export function openPlatformMetrics(
  { metricsUrl, collectorKey, exportEveryMs }: PlatformStart,
  tenants: ReadonlyMap<string, TenantWork>,
): PlatformMetrics {
  const exporter = new OTLPMetricExporter({
    url: metricsUrl,
    headers: { authorization: `Bearer ${collectorKey}` },
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: exportEveryMs,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, exportEveryMs),
  })
  const sdk = new NodeSDK({
    metricReaders: [reader],
    spanProcessors: [],
    logRecordProcessors: [],
    resource: resourceFromAttributes(resourceAttributes()),
    autoDetectResources: false,
  })
  sdk.start()
  const { began, ended } = openInstruments(tenants)
  return { began, ended, shutdown: () => sdk.shutdown() }
}

function openInstruments(
  tenants: ReadonlyMap<string, TenantWork>,
): Pick<PlatformMetrics, 'began' | 'ended'> {
  const meter = metrics.getMeter(PLATFORM_SCOPE)
  const { name, ...options } = PLATFORM_SIGNALS.duration
  const duration = meter.createHistogram(name, {
    ...options,
    advice: { explicitBucketBoundaries: [...DURATION_BOUNDS] },
  })
  const active = meter.createUpDownCounter(PLATFORM_SIGNALS.active.name, PLATFORM_SIGNALS.active)
  const cpu = meter.createObservableCounter(PLATFORM_SIGNALS.cpu.name, PLATFORM_SIGNALS.cpu)
  cpu.addCallback((result) => {
    for (const [id, work] of tenants) result.observe(work.cpuSeconds(), cpuAttributes(id))
  })
  const { memory } = PLATFORM_SIGNALS
  meter.createObservableUpDownCounter(memory.name, memory).addCallback((result) => {
    for (const [id, work] of tenants) result.observe(work.memoryBytes(), memoryAttributes(id))
  })
  const { network, storage } = PLATFORM_SIGNALS
  meter.createObservableCounter(network.name, network).addCallback((result) => {
    for (const [id, work] of tenants) {
      result.observe(work.receivedBytes(), networkAttributes(id, 'receive'))
      result.observe(work.sentBytes(), networkAttributes(id, 'transmit'))
    }
  })
  meter.createObservableUpDownCounter(storage.name, storage).addCallback((result) => {
    for (const [id, work] of tenants) result.observe(work.storedBytes(), storageAttributes(id))
  })
  return {
    began: (tenantId) => active.add(1, requestAttributes(tenantId)),
    ended: (tenantId, kind, seconds) => {
      active.add(-1, requestAttributes(tenantId))
      duration.record(seconds, responseAttributes(tenantId, kind))
    },
  }
}
