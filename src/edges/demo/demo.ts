/**
 * The door of the demo: a sample platform in a process of its own, its customers' traffic over
 * HTTP, and the customers as tenants. The platform reports to Tenantry as any service does: OTLP
 * over HTTP with a collector's key.
 */
import type { Clock, Log } from '../../core/ports.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { TenantConfig } from '../../domain/tenants/tenants.ts'
import { demoTenants } from './demo-tenants.ts'
import { faultSchedule } from './faults.ts'
import { openPlatformProcess } from './platform-process.ts'
import { openTraffic, type TrafficCounts } from './traffic.ts'

export { demoTenants }

export interface DemoDeps {
  /** Tenantry's own address. */
  readonly baseUrl: string
  readonly collectorKey: string
  readonly clock: Clock
  readonly log: Log
  readonly seed: number
  /** How often the platform reports. */
  readonly exportEveryMs?: number
}

export interface Demo {
  readonly tenants: readonly TenantConfig[]
  /** Resolves once the platform listens; traffic begins then. */
  start(): Promise<void>
  /** Ends traffic, then the platform, which reports a last time. */
  stop(): Promise<void>
  traffic(): Readonly<TrafficCounts>
  platformPid(): number | undefined
  /** Of 127.0.0.1. Null while it is not there. */
  platformPort(): number | null
}

const EXPORT_EVERY_MS = 5 * SECOND_MS

/** Opens the demo. Its faults are told relative to this moment. */
export function openDemo(deps: DemoDeps): Demo {
  const { baseUrl, collectorKey, clock, seed, exportEveryMs = EXPORT_EVERY_MS } = deps
  const startMs = clock.nowMs()
  const metricsUrl = new URL('/v1/metrics', baseUrl).href
  const platform = openPlatformProcess(
    { metricsUrl, collectorKey, exportEveryMs, seed, startMs },
    deps,
  )
  const faults = faultSchedule({ seed, startMs })
  const traffic = openTraffic({ clock, faults, seed, port: () => platform.port() })
  return {
    tenants: demoTenants,
    start: async () => {
      await platform.start()
      traffic.start()
    },
    stop: async () => {
      traffic.stop()
      await platform.stop()
    },
    traffic: () => traffic.counts(),
    platformPid: () => platform.pid(),
    platformPort: () => platform.port(),
  }
}
