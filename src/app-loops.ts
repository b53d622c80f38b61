/** What an app does again and again, by itself. */
import type { Clock, Log } from './core/ports.ts'
import { SECOND_MS } from './core/time.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Collector } from './collector.ts'
import type { AppForwarding } from './forwarding.ts'
import { READBACK_MS, type EngineReadback } from './engine-readback.ts'
import type { Loop } from './loops.ts'
import type { Jobs } from './machinery/jobs/jobs.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import type { Telemetry } from './machinery/runtime/telemetry.ts'
import type { WriteAheadLog } from './machinery/storage/wal.ts'

const TICK_MS = 5 * SECOND_MS
const LOG_SYNC_MS = SECOND_MS
const CHECKPOINT_LOOK_MS = SECOND_MS
const FORWARD_LOOK_MS = 100
const JOBS_LOOK_MS = 10 * SECOND_MS

interface Looped {
  readonly tickNow: () => Promise<void>
  readonly log: Log
  readonly checkpoints: Checkpoints
  readonly jobs: Jobs
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly wal: WriteAheadLog
  readonly logSync: Settings['logSync']
  readonly collector: Collector
  readonly forwarding: AppForwarding
  readonly readback: Pick<EngineReadback, 'read'>
}

export function appLoops(looped: Looped): Loop[] {
  const { tickNow, checkpoints, jobs, clock, telemetry, wal, collector, log } = looped
  /** Ticks do not wait for it. */
  const checkpointIfDue = (): void => {
    checkpoints
      .writeIfDue()
      .catch((error: unknown) => log.error({ err: error }, 'a checkpoint failed'))
  }
  return [
    {
      name: 'tick',
      everyMs: TICK_MS,
      run: () => tickNow().finally(checkpointIfDue),
      onLate: () => telemetry.add('tenantry_tick_late_total', 1),
      onFailure: () => telemetry.add('tenantry_tick_failures_total', 1),
    },
    {
      name: 'checkpoint',
      everyMs: CHECKPOINT_LOOK_MS,
      run: () => checkpoints.writeIfUrgent(),
    },
    {
      name: 'log-sync',
      everyMs: LOG_SYNC_MS,
      async run() {
        if (looped.logSync === 'never') return
        await wal.sync()
        collector.noteSync()
      },
    },
    { name: 'forward', everyMs: FORWARD_LOOK_MS, run: () => looped.forwarding.look() },
    { name: 'readback', everyMs: READBACK_MS, run: () => looped.readback.read() },
    { name: 'jobs', everyMs: JOBS_LOOK_MS, run: () => jobs.runDue(clock.nowMs()) },
  ]
}
