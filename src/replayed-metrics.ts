/**
 * The metrics stage of a server, fed with samples of the past: what each came to. What is kept
 * meanwhile lies in a temporary directory.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTenantId, type TenantId } from './core/ids.ts'
import { SHARED_FILE } from './core/names/bulk-file.ts'
import type { BulkWrite, BulkWriter, Counters, Log } from './core/ports.ts'
import { openMetrics, type Metrics, type WriteOutcome } from './domain/metrics/metrics.ts'
import { thresholdsOf, type SloBook, type SloTenants } from './domain/slo/slo.ts'
import type { TenantConfig, TenantFiles } from './domain/tenants/tenants.ts'
import { openLogger } from './machinery/runtime/logger.ts'
import { memoryCounters } from './machinery/runtime/memory-counters.ts'
import { openBulkInline } from './machinery/storage/bulk-writer.ts'
import type { WireLabel } from './machinery/wire/labels.ts'
import { readWriteRequest } from './machinery/wire/remote-write.ts'
import { encodeLabels, WriteRequestBuilder } from './machinery/wire/write-request.ts'

/** What a replay asks of a tenant's configuration. */
export type ReplayedTenant = Pick<TenantConfig, 'tenantId' | 'tier' | 'name' | 'aliases'>

export interface ReplayOptions {
  /** Without it every tenant that samples name is known, and of one tier. */
  readonly config?: Pick<TenantFiles, 'attribution' | 'mapping'> & {
    readonly tenants: readonly ReplayedTenant[]
  }
  /** Of tenants that no configuration describes. */
  readonly tier: TenantConfig['tier']
  /** Whose all samples are, whatever their labels say. */
  readonly tenantId?: TenantId
  /** How long a bucket waits for samples that are late. */
  readonly settleSeconds: number
}

export class ReplayedMetrics {
  readonly outcomes = new Outcomes()
  readonly bulk: BulkWriter
  readonly counters: Counters = memoryCounters()
  readonly log: Log = openLogger({ level: 'error' })
  readonly tenants: SeenTenants
  readonly metrics: Metrics
  readonly #options: ReplayOptions
  readonly #directory = mkdtempSync(join(tmpdir(), 'tenantry-backtest-'))
  readonly #series: { readonly labels: Uint8Array; readonly metric: number }[] = []
  readonly #starts: number[] = []
  readonly #builder = new WriteRequestBuilder()
  #position = 0

  constructor(options: ReplayOptions, book: SloBook) {
    this.#options = options
    this.bulk = openBulkInline({ directory: this.#directory })
    this.tenants = new SeenTenants(options)
    this.metrics = openMetrics({
      resolver: this.tenants.resolver,
      rules: {
        attribution: () => options.config?.attribution ?? [],
        mapping: () => options.config?.mapping ?? [],
        digest: () => 'backtest',
      },
      bulk: this.bulk,
      counters: this.counters,
      log: this.log,
      limits: { settleSeconds: options.settleSeconds },
      // Nobody looks at charts of it, or for the cause of what it says.
      liveLimits: { keptSeconds: 0 },
      dimensions: [],
      thresholdsSeconds: thresholdsOf(book.templates),
    })
  }

  define(labels: readonly WireLabel[], metric: number): number {
    return this.#series.push({ labels: encodeLabels(labels), metric }) - 1
  }

  start(metric: number, startMs: number): void {
    this.#starts[metric] = startMs
  }

  add(series: number, timestampMs: number, value: number): void {
    const { labels, metric } = this.#series[series]!
    this.#builder.sample(labels, value, timestampMs, this.#starts[metric] ?? 0)
  }

  /** Counts what was added. */
  write(nowMs: number): void {
    if (this.#builder.length > 0) this.writeMessage(this.#builder.take(), nowMs)
  }

  /** Counts a message of remote write 1.0. */
  writeMessage(message: Uint8Array, nowMs: number): void {
    const { tenantId = null } = this.#options
    const context = { boundTenant: null, namedTenant: tenantId }
    const staged = this.metrics.stage(context, message, { receivedAtMs: nowMs })
    readWriteRequest(message, staged)
    this.outcomes.add(staged.apply(nowMs))
    if (this.metrics.decisions() !== null) this.metrics.confirmDecisions()
  }

  /** Writes away what is in memory only. */
  async checkpoint(others: readonly BulkWrite[] = []): Promise<void> {
    const writes = [...this.metrics.checkpoint().writes, ...others]
    this.#position += 1
    await this.bulk.commit({ file: SHARED_FILE, logPosition: this.#position, writes })
    this.metrics.confirm(true)
  }

  async close(): Promise<void> {
    await this.bulk.close()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** The registry of a replay: whom its samples were of so far. */
export class SeenTenants implements SloTenants {
  /** One who asks is seen. */
  readonly resolver = { resolve: (name: string) => this.#resolve(name), generation: () => 1 }
  readonly #options: ReplayOptions
  readonly #known: ReadonlyMap<string, ReplayedTenant> | null
  readonly #seen = new Map<TenantId, SeenTenant>()

  constructor(options: ReplayOptions) {
    this.#options = options
    const tenants = options.config?.tenants ?? []
    const names = tenants.flatMap((config) =>
      [config.tenantId, ...config.aliases].map((name) => [name as string, config] as const),
    )
    this.#known = tenants.length === 0 ? null : new Map(names)
  }

  active(): Iterable<SeenTenant> {
    return this.#seen.values()
  }

  /** One that is seen is there. */
  #resolve(observed: string): TenantId | undefined {
    const config = this.#known?.get(observed)
    const isGiven = observed === this.#options.tenantId
    const isKnown = config !== undefined || isGiven || this.#known === null
    const tenantId = config?.tenantId ?? (isKnown ? parseTenantId(observed) : undefined)
    if (tenantId === undefined || this.#seen.has(tenantId)) return tenantId
    const { tier, name } = config ?? { tier: this.#options.tier, name: tenantId }
    this.#seen.set(tenantId, { tenantId, tier, name })
    return tenantId
  }

  generation(): number {
    return this.#seen.size
  }
}

interface SeenTenant {
  readonly tenantId: TenantId
  readonly tier: TenantConfig['tier']
  readonly name: string
}

/** Adds up what became of samples. */
export class Outcomes {
  readonly sums = { attributed: 0, duplicate: 0, unmapped: 0, shadowed: 0 }
  readonly unattributed: Record<string, number> = {}
  readonly discarded: Record<string, number> = {}
  readonly messages: string[] = []

  add(outcome: WriteOutcome): void {
    for (const name of ['attributed', 'duplicate', 'unmapped', 'shadowed'] as const) {
      this.sums[name] += outcome[name]
    }
    addEach(this.unattributed, outcome.unattributedByReason)
    addEach(this.discarded, outcome.discarded)
    const room = MESSAGES_KEPT - this.messages.length
    if (room > 0) this.messages.push(...outcome.messages.slice(0, room))
  }
}

const MESSAGES_KEPT = 5

function addEach(sums: Record<string, number>, amounts: Readonly<Record<string, number>>): void {
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount > 0) sums[name] = (sums[name] ?? 0) + amount
  }
}
