/**
 * Counts what happens to a log: bytes, time spent waiting for the disk, what the disk refused, how
 * far readers are behind and what was deleted before they had read it.
 */
import type { Clock, Counters } from '../../core/ports.ts'
import type { LogReader, WriteAheadLog } from './wal.ts'

/** Makes a log that counts. What it does is what the given one does. */
export function watchLog(
  log: WriteAheadLog,
  { clock, counters }: { readonly clock: Clock; readonly counters: Counters },
): WriteAheadLog {
  /** By reader: how much of its gap was counted. */
  const told = new Map<LogReader, number>()
  const failed = (step: 'append' | 'sync'): void =>
    counters.add('tenantry_log_failures_total', 1, { step })
  counters.gauge('tenantry_log_bytes', () => log.sizeBytes())
  counters.gauge('tenantry_log_segments', () => log.segmentCount())
  counters.gauge('tenantry_log_short_of_room', () => (log.isShort() ? 1 : 0))
  counters.gauge('tenantry_log_unsynced_bytes', () => log.unsyncedBytes())
  counters.add('tenantry_log_cut_bytes_total', log.cutBytes)

  const countGaps = (): void => {
    for (const [reader, before] of told) {
      const gap = reader.gap()
      const bytes = gap === null ? 0 : gap.to - gap.from
      if (bytes > before) counters.add('tenantry_log_reader_gap_bytes_total', bytes - before)
      told.set(reader, bytes)
    }
  }
  return {
    ...log,
    append(record) {
      const before = log.endPosition()
      try {
        const end = log.append(record)
        counters.add('tenantry_log_appended_bytes_total', end - before)
        return end
      } catch (error) {
        failed('append')
        throw error
      }
    },
    async sync() {
      const startMs = clock.monotonicMs()
      try {
        await log.sync()
      } catch (error) {
        failed('sync')
        throw error
      }
      counters.observe('tenantry_log_sync_seconds', (clock.monotonicMs() - startMs) / 1_000)
    },
    openReader(name, capBytes) {
      const reader = log.openReader(name, capBytes)
      told.set(reader, 0)
      const lag = (): number => (told.has(reader) ? log.endPosition() - reader.position() : 0)
      counters.gauge('tenantry_log_reader_lag_bytes', lag, { reader: name })
      countGaps()
      return {
        ...reader,
        close() {
          reader.close()
          told.delete(reader)
        },
      }
    },
    async collect() {
      await log.collect()
      countGaps()
    },
  }
}
