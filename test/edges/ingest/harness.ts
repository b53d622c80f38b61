/**
 * The write routes behind a real HTTP server, with a log in memory and a metrics stage that notes
 * what it is told and refuses on demand.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TenantryError } from '../../../src/core/errors.ts'
import { tenantId } from '../../../src/core/ids.ts'
import type { Log } from '../../../src/core/ports.ts'
import type { Principal } from '../../../src/domain/access/access.ts'
import {
  DEFAULT_HA_RULES,
  type Admitted,
  type HaRules,
  type Intake,
  type Metrics,
  type StagedWrite,
  type WriteContext,
  type WriteOutcome,
} from '../../../src/domain/metrics/metrics.ts'
import { TIER_ROWS } from '../../../src/domain/tenants/tenants.ts'
import type { IngestLimits } from '../../../src/edges/ingest/limits.ts'
import { openIngest, type Ingest } from '../../../src/edges/ingest/ingest.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../src/machinery/runtime/memory-counters.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { STORAGE_ERRORS } from '../../../src/machinery/storage/errors.ts'
import type { LogRecord, NewLogRecord, WriteAheadLog } from '../../../src/machinery/storage/wal.ts'

export const NOW_MS = 1_790_000_000_000

export const PLATFORM: Principal = {
  kind: 'key',
  id: 'key-platform',
  role: 'collector',
  tenantId: null,
  name: 'collector',
}
export const BOUND: Principal = { ...PLATFORM, id: 'key-acme', tenantId: tenantId('acme') }

/**
 * A stage that counts every sample as attributed, but refuses negative values as too old, takes
 * values of 404 as unattributed and leaves those of 202 to another replica.
 */
type StagedMetrics = Pick<Metrics, 'stage' | 'intake' | 'decisions' | 'confirmDecisions' | 'learn'>

export class NotingMetrics implements StagedMetrics {
  /** What the next write was attributed by; taken once. */
  decided: Uint8Array | null = null
  readonly learned: string[] = []
  readonly applied: { context: WriteContext; receivedAtMs: number; values: number[] }[] = []
  abandoned = 0
  staged = false
  /** Called between the walk and the counts. */
  onApply: () => void = () => undefined
  /** What quotas say of the next writes. */
  admitted: Admitted = { ruling: null, over: null }
  readonly refusedRequests: string[] = []
  readonly quotas = { ...TIER_ROWS.starter.quotas.ingest }
  closed: { text: string; waitMs: number } | undefined
  readonly intake: Intake = {
    quotasOf: () => this.quotas,
    closed: () => this.closed,
    refuseRequest: (tenantId, reason) => this.refusedRequests.push(`${tenantId} ${reason}`),
    unattributedSeries: () => 0,
    of: () => {
      throw new Error('not asked here')
    },
  }

  decisions(): Uint8Array | null {
    return this.decided
  }

  confirmDecisions(): void {
    this.decided = null
  }

  learn(decisions: Uint8Array): void {
    this.learned.push(Buffer.from(decisions).toString())
  }

  stage(context: WriteContext): StagedWrite {
    if (this.staged) throw new Error('two stages at once')
    this.staged = true
    const values: number[] = []
    const native = { ...NO_NATIVE }
    const note = (value: number): void => {
      values.push(value)
    }
    return {
      series: () => undefined,
      sample: note,
      stale: () => note(Number.NaN),
      holdLabels: () => undefined,
      sampleSince: note,
      nativeHistogram: (_bytes, _start, _end, { count }) => {
        native.histograms += 1
        if (count < 0) native.histogramsDiscarded += 1
        note(count)
      },
      refuseSeries: (_why, samples, histograms) => {
        native.histograms += histograms
        native.histogramsDiscarded += histograms
        if (samples + histograms === 0) native.faults += 1
        for (let index = 0; index < samples + histograms; index += 1) note(-1)
      },
      extras: (exemplars, metadata) => {
        native.exemplars += exemplars
        native.metadata += metadata
      },
      refuseExemplar: () => {
        native.faults += 1
      },
      resource: () => undefined,
      metric: () => undefined,
      numberPoint: (_bytes, _start, _end, _startMs, _timeMs, value) => note(value),
      histogramPoint: (_bytes, _start, _end, _startMs, _timeMs, point) => note(point.count),
      exponentialPoint: (_bytes, _start, _end, _startMs, _timeMs, point) => note(point.count),
      summaryPoint: (_bytes, _start, _end, _startMs, _timeMs, point) => note(point.count),
      valuelessPoint: () => note(-1),
      leftOut: () => undefined,
      admit: () => this.admitted,
      apply: (receivedAtMs) => {
        this.staged = false
        this.onApply()
        this.applied.push({ context, receivedAtMs, values })
        return { ...outcomeOf(values), ...native }
      },
      abandon: () => {
        this.staged = false
        this.abandoned += 1
      },
    }
  }
}

/** A value that makes a cluster elect another replica. */
export const FAILOVER = 30

const NO_NATIVE = { histograms: 0, histogramsDiscarded: 0, exemplars: 0, metadata: 0, faults: 0 }

function outcomeOf(values: readonly number[]): WriteOutcome {
  const discardedTotal = values.filter((value) => value < 0).length
  const unattributed = values.filter((value) => value === 404).length
  const notElected = values.filter((value) => value === 202).length
  return {
    received: values.length,
    attributed: values.length - discardedTotal - unattributed - notElected,
    shadowed: 0,
    unmapped: 0,
    unattributed,
    unattributedByReason: { 'no-tenant-label': unattributed, 'unknown-tenant': 0 },
    duplicate: 0,
    notElected,
    failovers: values.includes(FAILOVER) ? [{ cluster: 'eu', from: 'a', to: 'b' }] : [],
    discarded: discardedTotal > 0 ? { 'too-old': discardedTotal } : {},
    discardedTotal,
    ...NO_NATIVE,
    messages: discardedTotal > 0 ? ['up{job="api"}: too-old'] : [],
    violations: 0,
  }
}

export interface MemoryLog extends Pick<WriteAheadLog, 'append' | 'records'> {
  readonly all: LogRecord[]
  failing: boolean
}

export function memoryLog(): MemoryLog {
  const all: LogRecord[] = []
  const memory: MemoryLog = {
    all,
    failing: false,
    append(record: NewLogRecord) {
      if (memory.failing) {
        throw new TenantryError(STORAGE_ERRORS.logWrite, 'appending to the log: no space left')
      }
      const body = Uint8Array.from(record.body)
      all.push({ ...record, body, startPosition: all.length, endPosition: all.length + 1 })
      return all.length
    },
    records: (fromPosition) => all.slice(fromPosition),
  }
  return memory
}

export const SILENT: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
}

export interface TestIngest {
  readonly ingest: Ingest
  readonly metrics: NotingMetrics
  readonly log: MemoryLog
  readonly counters: MemoryCounters
  readonly url: string
  readonly port: number
  principal: Principal
  refusal: { status: 401 | 403 | 405; message: string } | undefined
  /** How many requests have come. */
  handled(): number
  stop(): Promise<void>
}

export async function startIngest(
  limits: Partial<IngestLimits> = {},
  ha: HaRules = DEFAULT_HA_RULES,
  kept: { log?: MemoryLog; durable?: () => Promise<void> } = {},
): Promise<TestIngest> {
  const metrics = new NotingMetrics()
  const { log = memoryLog(), durable } = kept
  const counters = memoryCounters()
  // Requests come over a real socket, so that a turn of the real event loop is what they wait for.
  const sleep = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const clock = { ...openSimClock(NOW_MS), sleep }
  const ingest = openIngest({
    metrics,
    log,
    clock,
    counters,
    logger: SILENT,
    limits,
    ha,
    ...(durable === undefined ? {} : { durable }),
  })
  let handled = 0
  const server: Server = createServer((request, response) => {
    const route = ingest.rawRoutes.find(({ paths }) => paths.includes(request.url ?? ''))
    if (route === undefined) throw new Error(`no route for ${request.url}`)
    const { refusal, principal } = test
    handled += 1
    if (refusal !== undefined) route.refuse(request, response, refusal.status, refusal.message)
    else void route.handle(request, response, principal)
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.address() as AddressInfo
  const test: TestIngest = {
    ingest,
    metrics,
    log,
    counters,
    port,
    url: `http://127.0.0.1:${port}`,
    principal: PLATFORM,
    refusal: undefined,
    handled: () => handled,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return test
}
