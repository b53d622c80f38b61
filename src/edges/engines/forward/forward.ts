/**
 * The door of forwarding: what was accepted goes on to the engines that tenants are handed over to,
 * by remote write, from the write-ahead log. The work is a worker's; here is the log's reader, the
 * position that is kept of each target, and what a person is told. Ingest never waits for any of
 * it.
 */
import type { TenantId } from '../../../core/ids.ts'
import type { TranslationStrategy } from '../../../core/names/translation-strategies.ts'
import type { Clock, Counters, Log } from '../../../core/ports.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { MIB } from '../../../core/units.ts'
import type { Metrics } from '../../../domain/metrics/metrics.ts'
import type { Tenants } from '../../../domain/tenants/tenants.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { LogReader, WriteAheadLog } from '../../../machinery/storage/wal.ts'
import type { Engine } from '../engine.ts'
import type {
  ForwardProgress,
  ForwardTenant,
  FromForwardWorker,
  StartedTarget,
} from './forward-protocol.ts'
import { countProgress, ForwardTotals } from './forward-totals.ts'
import { ForwardStore } from './forward-store.ts'
import type { ForwardTarget } from './forward-target.ts'
import { startForwardThread, type ForwardThread } from './forward-thread.ts'
import { forwardStatus, type ForwardStatus } from './forward-status.ts'

export type { ForwardStatus } from './forward-status.ts'
export { targetOf, type ForwardTarget } from './forward-target.ts'

export interface ForwardDeps {
  readonly db: Database
  readonly wal: Pick<WriteAheadLog, 'openReader' | 'endPosition'>
  /** Where its segments lie. */
  readonly logDirectory: string
  /** Where files may lie that do not outlive the worker. */
  readonly spillDirectory: string
  readonly metrics: Pick<Metrics, 'knownRegistry'>
  readonly tenants: Pick<Tenants, 'active' | 'generation'>
  /** Tells which engine gets a tenant's series. */
  readonly engineOf: (tenantId: TenantId) => Pick<Engine, 'name' | 'type'> | undefined
  /** Gives a tenant its id in VictoriaMetrics. */
  readonly accountOf: (tenantId: TenantId) => number
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly version: string
  readonly seed: number
  /** What OTLP metrics are called there. */
  readonly translation: TranslationStrategy
  /** How a thread is started, for a test that lets it die. */
  readonly startThread?: typeof startForwardThread
}

export interface Forwarding {
  /** Sends to these from now on, and to no others. A target that is new begins at the log's end. */
  follow(targets: readonly ForwardTarget[]): Promise<void>
  /** Tells the worker what came since. Cheap; called several times a second. */
  poll(): void
  status(): ForwardStatus[]
  stop(): Promise<void>
}

/** A segment is deleted whole: the one that is being read stays. */
const SLACK_BYTES = 128 * MIB
/** Before a worker that died is started again; doubled each time it dies within a minute. */
const RESTART_MS = SECOND_MS
const LONGEST_RESTART_MS = 60 * SECOND_MS

export function openForwarding(deps: ForwardDeps): Forwarding {
  const { db, wal, logDirectory, spillDirectory, clock, counters, log, version } = deps
  const { startThread = startForwardThread } = deps
  const store = new ForwardStore(db)
  const readers = new Map<string, LogReader>()
  const totals = new ForwardTotals(store.droppedAcrossTenants())
  const reports = new Map<string, ForwardProgress>()
  let targets: readonly ForwardTarget[] = []
  let thread: ForwardThread | null = null
  let toldEnd = -1
  let toldGeneration = NaN
  let deaths = 0
  let restartAtMs: number | null = null

  const startOf = (target: ForwardTarget): StartedTarget => {
    const end = wal.endPosition()
    const kept = store.startOfAcrossTenants(target.name)
    // A log that a power cut made shorter goes on at its end
    const start =
      kept === undefined
        ? { position: end, state: { registry: deps.metrics.knownRegistry(), clusters: '' } }
        : { ...kept, position: Math.min(kept.position, end) }
    if (kept === undefined) store.putAcrossTenants(target.name, start, clock.nowMs())
    const reader =
      readers.get(target.name) ??
      wal.openReader(`forward:${target.name}`, target.maxLagBytes + SLACK_BYTES)
    readers.set(target.name, reader)
    reader.advance(start.position)
    return { target, start }
  }

  const keep = (progress: readonly ForwardProgress[]): void => {
    const nowMs = clock.nowMs()
    inTransaction(db, () => {
      for (const { target, position, state, counts } of progress) {
        if (state !== null) store.putAcrossTenants(target, { position, state }, nowMs)
        else if (position !== reports.get(target)?.position) {
          store.moveAcrossTenants(target, position, nowMs)
        }
        for (const [tenantId, samples] of Object.entries(counts.dropped)) {
          store.addDropped(tenantId as TenantId, target, samples, nowMs)
        }
      }
    })
    for (const one of progress) {
      reports.set(one.target, one)
      totals.add(one, nowMs)
      countProgress(counters, one)
      readers.get(one.target)?.advance(one.position)
    }
  }

  const onMessage = (message: FromForwardWorker): void => {
    if (message.kind !== 'progress') return
    try {
      keep(message.targets)
    } catch (error) {
      // Positions stay where they were: what was sent comes again after a restart
      log.error({ err: error }, 'how far forwarding has come could not be kept')
    }
  }

  const start = (): void => {
    restartAtMs = null
    toldEnd = -1
    toldGeneration = NaN
    reports.clear()
    if (targets.length === 0) return
    const data = {
      directory: logDirectory,
      spillDirectory,
      targets: targets.map(startOf),
      endPosition: wal.endPosition(),
      userAgent: `tenantry/${version}`,
      seed: deps.seed,
      translation: deps.translation,
    }
    thread = startThread(data, {
      onMessage,
      onDeath(cause) {
        thread = null
        deaths += 1
        const waitMs = Math.min(LONGEST_RESTART_MS, RESTART_MS * 2 ** (deaths - 1))
        restartAtMs = clock.monotonicMs() + waitMs
        counters.add('tenantry_forward_worker_deaths_total', 1)
        log.error({ err: cause, waitMs }, 'the forwarding worker died and is started again')
      },
    })
  }

  const status = (): ForwardStatus[] =>
    targets.map((target) =>
      forwardStatus(target, reports.get(target.name), {
        startPosition: readers.get(target.name)?.position() ?? 0,
        endPosition: wal.endPosition(),
        nowMs: clock.nowMs(),
        totals: totals.of(target.name),
      }),
    )

  const watch = (target: string): void => {
    const of = (read: (status: ForwardStatus) => number) => (): number => {
      const found = status().find((each) => each.target === target)
      return found === undefined ? 0 : read(found)
    }
    counters.gauge(
      'tenantry_forward_lag_bytes',
      of(({ lagBytes }) => lagBytes),
      { target },
    )
    counters.gauge(
      'tenantry_forward_lag_seconds',
      of(({ lagSeconds }) => lagSeconds),
      { target },
    )
    const ratio = of(({ lagBytes, lagSeconds, maxLagBytes, maxLagSeconds }) =>
      Math.max(lagBytes / maxLagBytes, lagSeconds / maxLagSeconds),
    )
    counters.gauge('tenantry_forward_lag_ratio', ratio, { target })
    counters.gauge(
      'tenantry_forward_queued_samples',
      of(({ queuedSamples }) => queuedSamples),
      { target },
    )
  }

  const tellTenants = (): void => {
    const generation = deps.tenants.generation()
    if (generation === toldGeneration) return
    toldGeneration = generation
    const tenants = deps.tenants.active().map(({ tenantId }): ForwardTenant => {
      const target = deps.engineOf(tenantId)
      const isAccount = target?.type === 'victoriametrics-cluster'
      const accountId = isAccount ? deps.accountOf(tenantId) : null
      return { tenantId, target: target?.name ?? null, accountId }
    })
    thread?.tell({ kind: 'tenants', tenants })
  }

  return {
    async follow(next) {
      const running = thread
      thread = null
      await running?.close()
      targets = next
      for (const { name } of next) watch(name)
      for (const name of readers.keys()) {
        if (next.some((target) => target.name === name)) continue
        readers.get(name)!.close()
        readers.delete(name)
      }
      start()
    },
    poll() {
      if (restartAtMs !== null && clock.monotonicMs() >= restartAtMs) start()
      if (thread === null) return
      // Tenants first: an end that is told may lie behind records of one that is new
      tellTenants()
      const end = wal.endPosition()
      if (end === toldEnd) return
      toldEnd = end
      thread.tell({ kind: 'end', position: end })
    },
    status,
    async stop() {
      restartAtMs = null
      const running = thread
      thread = null
      await running?.close()
    },
  }
}
