/**
 * Counts one write to its tenants: what each of them sent, and what became of it. What a sample
 * gains is the business of `apply.ts`; here only whose it was and whether it was kept.
 */
import type { DiscardReason } from './reasons.ts'
import { refusedReason, refusedTenant } from './registrar.ts'
import { ROLE_STRIDE, TENANT } from './series-table.ts'
import type { Shares } from './shares.ts'
import type { MetricTables } from './tables.ts'
import { FIRST_TENANT, MISMATCH } from './tenant-table.ts'

/** What is known of a write beside its samples. */
export interface WriteFacts {
  /** How many samples each tenant has in it. */
  readonly shares: Shares
  /** The index of the tenant whose key writes, or of none. */
  readonly writer: number
  readonly receivedAtMs: number
  readonly messageBytes: number
}

export class TenantLedger {
  readonly #tables: MetricTables
  readonly #seriesName: (slot: number) => string
  #facts!: WriteFacts

  constructor(tables: MetricTables, seriesName: (slot: number) => string) {
    this.#tables = tables
    this.#seriesName = seriesName
  }

  begin(facts: WriteFacts): void {
    this.#facts = facts
  }

  /** Counts samples that came and found no series, or were refused with their tenant. */
  refuse(code: number, samples: number): void {
    const owner = this.#ownerOf(refusedTenant(code))
    const reason = refusedReason(code)
    this.#tables.tenantAccounts.addShare(owner, samples, 0, 0)
    this.#tables.tenantAccounts.discard(owner, reason, samples)
    this.#tables.notes.note(owner, reason, this.#facts.receivedAtMs)
  }

  /** Counts samples that were refused, but of a replica whose samples do not count at all. */
  leave(code: number, samples: number): void {
    const owner = this.#ownerOf(refusedTenant(code))
    this.#tables.tenantAccounts.addShare(owner, samples, 0, 0)
    this.#tables.tenantAccounts.add(owner, 'not-elected', samples)
  }

  /** Says that a sample of a series is not kept, but is nobody's fault. */
  lose(slot: number, outcome: 'duplicate' | 'not-elected'): void {
    const tenant = this.#tenantOf(slot)
    this.#facts.shares.lose(tenant)
    this.#tables.tenantAccounts.add(this.#ownerOf(tenant), outcome, 1)
  }

  /** Says that a sample of a series is discarded. */
  discard(slot: number, reason: DiscardReason): void {
    const tenant = this.#tenantOf(slot)
    const owner = this.#ownerOf(tenant)
    const { tenantAccounts, notes } = this.#tables
    this.#facts.shares.lose(tenant)
    tenantAccounts.discard(owner, reason, 1)
    notes.note(owner, reason, this.#facts.receivedAtMs, () => this.#seriesName(slot))
  }

  /** Counts what is left of each share as kept. Cost: a few ns a tenant. */
  settle(): void {
    const { shares, messageBytes } = this.#facts
    const { tenantAccounts } = this.#tables
    const bytesPerSample = messageBytes / shares.total
    for (const tenant of shares.tenants) {
      const samples = shares.samplesOf(tenant)
      const kept = samples - shares.lostOf(tenant)
      const isTenant = tenant >= FIRST_TENANT
      const bytes = samples === 0 ? 0 : Math.round(bytesPerSample * samples)
      tenantAccounts.addShare(this.#ownerOf(tenant), samples, isTenant ? kept : 0, bytes)
      if (!isTenant) tenantAccounts.add(tenant, 'unattributed', kept)
    }
  }

  #tenantOf(slot: number): number {
    return this.#tables.series.roles.data[slot * ROLE_STRIDE + TENANT]!
  }

  /** A series that names another tenant than its key's is the key's. */
  #ownerOf(tenant: number): number {
    return tenant === MISMATCH ? this.#facts.writer : tenant
  }
}
