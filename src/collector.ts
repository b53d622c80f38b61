/**
 * What the collector tells of itself on its page: gathered from the log, the checkpoints, the
 * metrics stage and the counters, which know nothing of each other.
 */
import type { Clock, CounterReader } from './core/ports.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Metrics } from './domain/metrics/metrics.ts'
import type { CollectorFacts } from './edges/http/collector-view.ts'
import { diskSpace } from './machinery/runtime/disk-space.ts'
import { openEventLoopDelay, type DelayQuantile } from './machinery/runtime/event-loop-delay.ts'
import type { WriteAheadLog } from './machinery/storage/wal.ts'
import type { Scraping } from './scraping.ts'
import type { MetricName } from './core/names/metrics.ts'

export interface Collector {
  facts(): CollectorFacts
  /** Notes that the log was written through. */
  noteSync(): void
  /** Takes the event loop's delay since the last tick. */
  noteTick(): void
  close(): void
}

export interface CollectorParts {
  readonly clock: Clock
  readonly counters: CounterReader
  readonly metrics: Pick<Metrics, 'stats'>
  readonly wal: Pick<WriteAheadLog, 'sizeBytes' | 'isShort'>
  readonly checkpoints: Pick<Checkpoints, 'lagBytes' | 'writtenAtMs' | 'failuresInARow'>
  readonly scrape: Pick<Scraping, 'targets' | 'problems'>
  readonly dataDirectory: string
}

/** As many ticks as a minute has. */
const TICKS_KEPT = 12

export function openCollector(parts: CollectorParts): Collector {
  const { clock, counters, metrics, wal, checkpoints, scrape, dataDirectory } = parts
  const delay = openEventLoopDelay()
  const delays: CollectorFacts['eventLoop'][] = []
  let syncedAtMs: number | null = null

  const sums = (name: MetricName): CollectorFacts['samples'] => counters.sums(name)
  const worst = (part: keyof CollectorFacts['eventLoop']): number =>
    delays.reduce((most, each) => Math.max(most, each[part]), 0)
  const targets = (): Omit<CollectorFacts['targets'], 'problems'> => {
    const counts = { up: 0, down: 0, unknown: 0 }
    for (const { health } of scrape.targets()) counts[health] += 1
    return counts
  }

  return {
    facts() {
      const space = diskSpace(dataDirectory)
      const { accounts, series } = metrics.stats()
      return {
        accounts,
        series,
        samples: sums('tenantry_ingest_samples_total'),
        refused: sums('tenantry_ingest_refused_total'),
        log: {
          sizeBytes: wal.sizeBytes(),
          syncedAtMs,
          isShortOfRoom: wal.isShort(),
          diskFreeBytes: space?.freeBytes ?? null,
          diskSizeBytes: space?.sizeBytes ?? null,
        },
        checkpoint: {
          writtenAtMs: checkpoints.writtenAtMs(),
          tailBytes: checkpoints.lagBytes(),
          failures: sums('tenantry_checkpoint_failures_total').reduce(
            (all, { sum }) => all + sum,
            0,
          ),
          failuresInARow: checkpoints.failuresInARow(),
        },
        eventLoop: {
          p50Seconds: worst('p50Seconds'),
          p99Seconds: worst('p99Seconds'),
          p999Seconds: worst('p999Seconds'),
          maxSeconds: worst('maxSeconds'),
        },
        targets: { ...targets(), problems: scrape.problems().length },
      }
    },
    noteSync() {
      syncedAtMs = clock.nowMs()
    },
    noteTick() {
      delay.collect()
      const read = (quantile: DelayQuantile): number => delay.read(quantile)
      delays.push({
        p50Seconds: read(0.5),
        p99Seconds: read(0.99),
        p999Seconds: read(0.999),
        maxSeconds: read(1),
      })
      if (delays.length > TICKS_KEPT) delays.shift()
    },
    close: () => delay.close(),
  }
}
