/**
 * Forwarding, as far as the program's construction goes: the engines that are written to, as they
 * are now, over the log.
 */
import { randomInt } from 'node:crypto'
import type { AppParts } from './app-parts.ts'
import { dataPaths } from './data-directory.ts'
import { openForwarding, targetOf, type Forwarding } from './edges/engines/forward/forward.ts'
import type { Engines } from './engines.ts'
import { readVersion } from './machinery/runtime/paths.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import type { Domain } from './open-domain.ts'
import type { Stores } from './open-stores.ts'

export interface AppForwarding extends Pick<Forwarding, 'status' | 'stop'> {
  /** Follows the engines, and tells the worker what came since. */
  look(): Promise<void>
}

export function openAppForwarding(
  { clock, telemetry, log }: Pick<AppParts, 'clock' | 'telemetry' | 'log'>,
  { metrics, tenants }: Pick<Domain, 'metrics' | 'tenants'>,
  { control, wal }: Pick<Stores, 'control' | 'wal'>,
  engines: Engines,
  { dataDirectory, otlpTranslation }: Pick<Settings, 'dataDirectory' | 'otlpTranslation'>,
): AppForwarding {
  const forwarding = openForwarding({
    db: control,
    wal,
    logDirectory: dataPaths(dataDirectory).log,
    spillDirectory: dataDirectory,
    metrics,
    tenants,
    engineOf: (tenantId) => engines.engineOf(tenantId, 'write'),
    accountOf: (tenantId) => engines.accounts.accountOf(tenantId),
    clock,
    counters: telemetry,
    log,
    version: readVersion(),
    seed: randomInt(2 ** 31),
    translation: otlpTranslation,
  })
  let followed = -1
  return {
    async look() {
      if (engines.generation() !== followed) {
        followed = engines.generation()
        await forwarding.follow(
          engines
            .list()
            .flatMap((engine) =>
              engine.write === undefined ? [] : targetOf(engine, engine.write),
            ),
        )
      }
      forwarding.poll()
    },
    status: () => forwarding.status(),
    stop: () => forwarding.stop(),
  }
}
