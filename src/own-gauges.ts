/** What an app tells of itself that no stage counts on its own. */
import type { Clock, DiskSpace } from './core/ports.ts'
import { SECOND_MS } from './core/time.ts'
import type { Checkpoints } from './checkpoints.ts'
import { diskSpace } from './machinery/runtime/disk-space.ts'
import type { Telemetry } from './machinery/runtime/telemetry.ts'
import type { Domain } from './open-domain.ts'

export function watchItself(parts: {
  readonly telemetry: Telemetry
  readonly domain: Domain
  readonly checkpoints: Checkpoints
  readonly clock: Clock
  readonly dataDirectory: string
  readonly tickedAtMs: () => number
}): void {
  const { telemetry, domain, checkpoints, clock, dataDirectory, tickedAtMs } = parts
  telemetry.gauge('tenantry_checkpoint_lag_bytes', () => checkpoints.lagBytes())
  telemetry.gauge('tenantry_tenants', () => domain.tenants.active().length)
  telemetry.gauge('tenantry_alerts_firing', () => domain.incidents.firingCount())
  telemetry.gauge('tenantry_time_seconds', () => clock.nowMs() / SECOND_MS)
  telemetry.gauge(
    'tenantry_tick_age_seconds',
    () => (clock.monotonicMs() - tickedAtMs()) / SECOND_MS,
  )
  const room = (part: keyof DiskSpace): number => diskSpace(dataDirectory)?.[part] ?? NaN
  telemetry.gauge('tenantry_disk_free_bytes', () => room('freeBytes'))
  telemetry.gauge('tenantry_disk_size_bytes', () => room('sizeBytes'))
}
