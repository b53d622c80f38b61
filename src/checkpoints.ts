/**
 * State = checkpoint + log. A checkpoint is what metrics and SLO know at one log position, written
 * whole by the bulk writer; once it is, the log before it may go. A failed checkpoint loses
 * nothing: the next one carries its changes as well.
 */
import type { BulkWriter, Clock, Counters, Log } from './core/ports.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { Slo } from './domain/slo/slo.ts'
import type { WriteAheadLog } from './machinery/storage/wal.ts'
import { rollUp } from './pipeline.ts'

export const SHARED_FILE = 'shared'

export interface Checkpoints {
  /** Writes a checkpoint when the tail is long or old enough. One at a time. */
  writeIfDue(nowMs: number): Promise<void>
  /** Writes one now, after the one under way. */
  write(nowMs: number): Promise<void>
  /** Log bytes that a restart would have to replay. */
  lagBytes(): number
}

export interface CheckpointParts {
  readonly metrics: Metrics
  readonly slo: Slo
  readonly bulk: BulkWriter
  readonly wal: WriteAheadLog
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly maxTailBytes: number
  readonly maxAgeMs: number
  /** Where the restored state stands. */
  readonly fromPosition: number
}

export function openCheckpoints(parts: CheckpointParts): Checkpoints {
  const { metrics, slo, bulk, wal, clock, counters, log } = parts
  const reader = wal.openReader('checkpoint', Number.POSITIVE_INFINITY)
  reader.advance(parts.fromPosition)
  let position = parts.fromPosition
  let writtenAtMs = clock.monotonicMs()
  let running: Promise<void> | undefined

  /**
   * Everything up to the commit is synchronous: rows and log position belong to the same instant.
   */
  const writeOne = async (nowMs: number): Promise<void> => {
    const startMs = clock.monotonicMs()
    rollUp({ metrics, slo }, nowMs)
    const logPosition = wal.endPosition()
    const writes = [...metrics.checkpoint().writes, ...slo.checkpoint().writes]
    let written = false
    try {
      // After a power cut the state must not stand ahead of the log.
      await wal.sync()
      await bulk.commit({ file: SHARED_FILE, logPosition, writes })
      written = true
      position = logPosition
      reader.advance(logPosition)
      wal.collect()
    } catch (error) {
      counters.add('tenantry_checkpoint_failures_total', 1)
      log.error(
        { err: error, logPosition },
        'a checkpoint could not be written; the log keeps what it would have held',
      )
    } finally {
      metrics.confirm(written)
      slo.confirm(written)
      writtenAtMs = clock.monotonicMs()
      counters.observe('tenantry_checkpoint_seconds', (writtenAtMs - startMs) / 1_000)
    }
  }

  const write = async (nowMs: number): Promise<void> => {
    while (running !== undefined) await running
    running = writeOne(nowMs).finally(() => {
      running = undefined
    })
    await running
  }
  const lagBytes = (): number => wal.endPosition() - position

  return {
    write,
    lagBytes,
    async writeIfDue(nowMs) {
      if (running !== undefined) return
      const isOld = clock.monotonicMs() - writtenAtMs >= parts.maxAgeMs
      if (lagBytes() >= parts.maxTailBytes || (isOld && lagBytes() > 0)) await write(nowMs)
    },
  }
}
