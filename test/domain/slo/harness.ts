/** A whole SLO engine with its neighbours played: a registry, a source of cells and gains, a
 *  clock that the test moves. */
import type { Condition } from '../../../src/core/condition.ts'
import { tenantId, type TenantId } from '../../../src/core/ids.ts'
import type { SliSource } from '../../../src/core/sli-source.ts'
import type { BulkWriter, Counters, LabelSet, Log } from '../../../src/core/ports.ts'
import type { Cell, Increments } from '../../../src/domain/metrics/cell.ts'
import type { Corrections } from '../../../src/domain/slo/corrections/corrections.ts'
import { bookOfTemplates, type SloBook } from '../../../src/domain/slo/model/slo-book.ts'
import { openSlo, type Slo, type SloStatus } from '../../../src/domain/slo/slo.ts'
import type { SloTemplate, SloTier } from '../../../src/domain/slo/template.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { StoredSignals } from './stored-signals.ts'

export const START_MS = Date.UTC(2026, 2, 2, 10, 0, 0)

export interface Gain {
  readonly cell: number
  readonly atMs: number
  readonly amount: number
}

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => quiet }

export class Desk {
  readonly cells: Cell[] = []
  readonly counted = new Map<string, number>()
  readonly bulk: BulkWriter
  /** Also what a restart opens with. */
  sloBook: SloBook | undefined
  readonly corrections: Corrections | undefined
  readonly sources: readonly SliSource[]
  dimensions: readonly string[]
  readonly breakdownBytes: number | undefined
  registry: { tenantId: TenantId; tier: SloTier; name: string }[] = []
  generation = 0
  /** What is stored of all gains. */
  readonly signals = new StoredSignals()
  nowMs = START_MS
  settleSeconds = 0
  /** Per tenant; a tenant that is not named is heard at all times. */
  lastSampleAtMs = new Map<TenantId, number | null>()
  slo: Slo
  #position = 0

  constructor(
    options: {
      templates?: readonly SloTemplate[]
      book?: SloBook
      corrections?: Corrections
      sources?: readonly SliSource[]
      dimensions?: readonly string[]
      breakdownBytes?: number
    } = {},
  ) {
    this.bulk = openBulkInline({ directory: ':memory:' })
    const { templates } = options
    this.corrections = options.corrections
    this.sources = options.sources ?? []
    this.sloBook =
      options.book ?? (templates === undefined ? undefined : bookOfTemplates(templates))
    this.dimensions = options.dimensions ?? []
    this.breakdownBytes = options.breakdownBytes
    this.slo = this.#open()
  }

  admit(id: string, tier: SloTier = 'enterprise'): TenantId {
    const tenant = tenantId(id)
    this.registry.push({ tenantId: tenant, tier, name: id })
    this.generation += 1
    return tenant
  }

  cell(spec: Omit<Cell, 'cellId'>): number {
    this.cells.push({ cellId: this.cells.length, ...spec })
    return this.cells.length - 1
  }

  requestCells(tenant: TenantId): { ok: number; failed: number } {
    const common = { tenantId: tenant, signal: 'requests', source: 'test' } as const
    return {
      ok: this.cell({ ...common, statusClass: '2xx' }),
      failed: this.cell({ ...common, statusClass: '5xx' }),
    }
  }

  /** Requests that were turned away: for want of room, by a quota, and all of a class that comes
   *  from a sender who does not tell. */
  turnedAwayCells(tenant: TenantId): Record<'tooMany' | 'quota' | 'down' | 'class4xx', number> {
    const common = { tenantId: tenant, signal: 'requests', source: 'test' } as const
    return {
      tooMany: this.cell({ ...common, statusClass: '4xx', refusal: '429' }),
      quota: this.cell({ ...common, statusClass: '4xx', refusal: 'quota' }),
      down: this.cell({ ...common, statusClass: '5xx', refusal: '503' }),
      class4xx: this.cell({ ...common, statusClass: '4xx' }),
    }
  }

  probeCells(tenant: TenantId): { up: number; down: number } {
    const common = { tenantId: tenant, signal: 'probes', source: 'test' } as const
    return {
      up: this.cell({ ...common, statusClass: '2xx' }),
      down: this.cell({ ...common, statusClass: '5xx' }),
    }
  }

  durationCells(tenant: TenantId, bounds: readonly number[], layout = 'a'): number[] {
    return bounds.map((leSeconds) =>
      this.cell({ tenantId: tenant, signal: 'duration', source: 'test', leSeconds, layout }),
    )
  }

  book(gains: readonly Gain[]): void {
    this.slo.learn(this.cells)
    this.slo.book(incrementsOf(gains))
    this.signals.add(gains)
  }

  /** Evaluates at a time, in as many slices as can be. */
  evaluate(nowMs: number): Condition[] {
    this.nowMs = nowMs
    this.slo.learn(this.cells)
    this.slo.beginEvaluation(
      nowMs,
      () => nowMs - this.settleSeconds * 1_000,
      (tenant) => {
        const known = this.lastSampleAtMs.get(tenant)
        return known === undefined ? nowMs : known
      },
    )
    while (!this.slo.evaluateSlice(() => true));
    return this.slo.conditions()
  }

  holding(nowMs: number): string[] {
    return this.evaluate(nowMs)
      .filter(({ holds }) => holds)
      .map(({ tenantId: tenant, key }) => `${tenant} ${key}`)
  }

  status(tenant: TenantId, sloId: string): SloStatus {
    const found = this.slo.status(tenant).find((status) => status.sloId === sloId)
    if (found === undefined) throw new Error(`${tenant} has no SLO ${sloId}`)
    return found
  }

  async checkpoint(): Promise<void> {
    const { writes } = this.slo.checkpoint()
    this.#position += 1
    await this.bulk.commit({ file: 'shared', logPosition: this.#position, writes })
    this.slo.confirm(true)
  }

  restart(): void {
    this.slo = this.#open()
    this.slo.restore()
  }

  #open(): Slo {
    return openSlo({
      bulk: this.bulk,
      tenants: { active: () => this.registry, generation: () => this.generation },
      ...(this.corrections === undefined ? {} : { corrections: this.corrections }),
      ...(this.sloBook === undefined ? {} : { book: this.sloBook }),
      ...(this.breakdownBytes === undefined ? {} : { breakdownBytes: this.breakdownBytes }),
      dimensions: this.dimensions,
      sources: this.sources,
      signals: this.signals,
      log: quiet,
      counters: countersInto(this.counted),
    })
  }
}

export function incrementsOf(gains: readonly Gain[]): Increments {
  return {
    count: gains.length,
    cellIds: Int32Array.from(gains, ({ cell }) => cell),
    bucketEndsMs: Float64Array.from(gains, ({ atMs }) => Math.ceil(atMs / 10_000) * 10_000),
    amounts: Float64Array.from(gains, ({ amount }) => amount),
  }
}

function countersInto(counted: Map<string, number>): Counters {
  return {
    add(name: string, amount: number, labels: LabelSet = {}) {
      const key = [name, ...Object.values(labels)].join(' ')
      counted.set(key, (counted.get(key) ?? 0) + amount)
    },
    observe: () => {},
    gauge: () => {},
  }
}
