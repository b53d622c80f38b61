/**
 * State = checkpoint + log. A checkpoint is what metrics and SLO know at one log position, written
 * whole by the bulk writer; once it is, the log before it may go. A failed checkpoint loses
 * nothing: the next one carries its changes as well, and is tried ever less often. Where the log
 * has no room left, a checkpoint is due at once: it is what makes room.
 */
import { TenantryError, type ErrorRows } from './core/errors.ts'
import { SHARED_FILE } from './core/names/bulk-file.ts'
import type { BulkWriter, Clock, Counters, Log } from './core/ports.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { Slo } from './domain/slo/slo.ts'
import type { LogReader, WriteAheadLog } from './machinery/storage/wal.ts'
import { inSlices, learn, rollUp } from './pipeline.ts'

export const CHECKPOINT_ERRORS = {
  countsLost: {
    code: 'COUNTS_LOST',
    status: 500,
    retryable: false,
    hint: 'Restore the data directory from a backup. To give up every count and begin at zero, move the directories `bulk` and `log` away: tenants, keys and alerts are kept in control.db.',
  },
} as const satisfies ErrorRows

/** After a failure; doubled after each further one. */
const FIRST_RETRY_MS = 1_000

export interface Checkpoints {
  /**
   * Writes a checkpoint when the tail is long or old enough, none is under way, and the state is of
   * one instant. The best time is right after a tick, when little waits to be booked.
   */
  writeIfDue(): Promise<void>
  /** Does the same only where the last one failed or the log has no room left. */
  writeIfUrgent(): Promise<void>
  /** Writes one now, after what is under way. */
  write(): Promise<void>
  /** Log bytes that a restart would have to replay. */
  lagBytes(): number
  /** How many failed since the last one that was written. */
  failuresInARow(): number
  /** When the last one was written. Where this process wrote none yet: when it began. */
  writtenAtMs(): number
}

export interface CheckpointParts {
  readonly metrics: Metrics
  readonly slo: Slo
  readonly bulk: BulkWriter
  readonly wal: WriteAheadLog
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  /**
   * The tick under way, if any. A checkpoint is of one instant: an evaluation that has given other
   * work a turn is not one.
   */
  readonly ticking: () => Promise<unknown> | undefined
  readonly maxTailBytes: number
  readonly maxAgeMs: number
  /** Where the restored state stands. */
  readonly fromPosition: number
}

/**
 * Opens the checkpoints of a state that stands at a log position. Throws COUNTS_LOST when the log
 * does not go back that far.
 */
export function openCheckpoints(parts: CheckpointParts): Checkpoints {
  const { metrics, slo, bulk, wal, clock, counters, log } = parts
  const reader = wal.openReader('checkpoint', Number.POSITIVE_INFINITY)
  reader.advance(parts.fromPosition)
  refuseGap(reader)
  let position = parts.fromPosition
  let triedAtMs = clock.monotonicMs()
  let writtenAtMs = clock.nowMs()
  let running: Promise<void> | undefined
  let failures = 0

  /**
   * Everything up to the commit is synchronous: rows and log position belong to the same instant.
   */
  const writeOne = async (): Promise<void> => {
    const nowMs = clock.nowMs()
    const startMs = clock.monotonicMs()
    const logPosition = wal.endPosition()
    let written = false
    try {
      rollUp({ metrics, slo }, nowMs)
      const writes = [...metrics.checkpoint().writes, ...slo.checkpoint().writes]
      // After a power cut the state must not stand ahead of the log.
      await wal.sync()
      await bulk.commit({ file: SHARED_FILE, logPosition, writes })
      written = true
      failures = 0
      writtenAtMs = nowMs
      position = logPosition
      reader.advance(logPosition)
    } catch (error) {
      failures += 1
      counters.add('tenantry_checkpoint_failures_total', 1)
      log.error(
        { err: error, logPosition },
        'a checkpoint could not be written; the log keeps what it would have held',
      )
    } finally {
      metrics.confirm(written)
      slo.confirm(written)
      triedAtMs = clock.monotonicMs()
      counters.observe('tenantry_checkpoint_seconds', (triedAtMs - startMs) / 1_000)
    }
    if (written) await wal.collect()
  }

  /**
   * Waits for the tick under way, if any, and books in slices what waits, so that little is left to
   * be booked at the instant itself.
   */
  const beStill = async (): Promise<void> => {
    for (;;) {
      await parts.ticking()?.catch(() => undefined)
      await inSlices(clock, metrics.gather())
      await inSlices(
        clock,
        learn({ metrics, slo }, () => parts.ticking() === undefined),
      )
      if (parts.ticking() !== undefined) continue
      rollUp({ metrics, slo }, clock.nowMs())
      await inSlices(clock, slo.bookPieces())
      if (parts.ticking() === undefined) return
    }
  }
  const write = async (): Promise<void> => {
    while (running !== undefined) await running
    running = beStill()
      .then(writeOne)
      .finally(() => {
        running = undefined
      })
    await running
  }
  const writeIfDue = async (): Promise<void> => {
    if (running !== undefined || parts.ticking() !== undefined) return
    if (lagBytes() > 0) {
      if (clock.monotonicMs() - triedAtMs >= waitMs()) await write()
    } else if (wal.isShort()) await wal.collect()
  }
  const lagBytes = (): number => wal.endPosition() - position
  const waitMs = (): number => {
    if (failures > 0) return Math.min(parts.maxAgeMs, FIRST_RETRY_MS * 2 ** (failures - 1))
    return lagBytes() >= parts.maxTailBytes || wal.isShort() ? 0 : parts.maxAgeMs
  }
  counters.gauge('tenantry_checkpoint_failures_in_a_row', () => failures)

  return {
    write,
    lagBytes,
    failuresInARow: () => failures,
    writtenAtMs: () => writtenAtMs,
    writeIfDue,
    async writeIfUrgent() {
      if (failures > 0 || wal.isShort()) await writeIfDue()
    },
  }
}

/** Counts that start at zero again would be shown as if nothing had been before. */
function refuseGap(reader: LogReader): void {
  const gap = reader.gap()
  if (gap === null) return
  throw new TenantryError(
    CHECKPOINT_ERRORS.countsLost,
    `restoring what was counted: bulk/${SHARED_FILE}.db stands at log position ${String(gap.from)}, ` +
      `and the log begins only at ${String(gap.to)}. What was received in between is in neither`,
    { details: gap },
  )
}
