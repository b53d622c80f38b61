/**
 * Numbers tenants for the columns, and keeps what is known per tenant: its first and last sample,
 * how many series it has.
 */
import { UNATTRIBUTED, type TenantId } from '../../core/ids.ts'
import { floatColumn, type FloatColumn } from './columns.ts'
import type { UnattributedReason } from './reasons.ts'
import { Words } from './words.ts'

/**
 * Indexes below this are no tenants: two kinds of unattributed series, and series that name another
 * tenant than their key's.
 */
export const FIRST_TENANT = 3
export const MISMATCH = 2
const NO_TENANT: readonly string[] = ['no-tenant-label', 'unknown-tenant', 'tenant-mismatch']

export const TENANT_STRIDE = 4
export const FIRST_SAMPLE_MS = 0
export const LAST_SAMPLE_MS = 1
export const SERIES_COUNT = 2

export class TenantTable {
  /** Each word is a tenant id, but for the first ones. */
  readonly words = new Words()
  readonly column: FloatColumn = floatColumn(TENANT_STRIDE)

  constructor() {
    for (const word of NO_TENANT) this.#number(` ${word}`)
  }

  /** Tells the index of a tenant and gives it one when it is new. */
  index(tenantId: TenantId): number {
    return this.#number(tenantId)
  }

  find(tenantId: TenantId): number | undefined {
    return this.words.find(tenantId)
  }

  unattributed(reason: UnattributedReason): number {
    return reason === 'no-tenant-label' ? 0 : 1
  }

  id(index: number): TenantId {
    return index < FIRST_TENANT ? UNATTRIBUTED : (this.words.word(index) as TenantId)
  }

  countSeries(index: number, change: number): void {
    const at = index * TENANT_STRIDE + SERIES_COUNT
    this.column.data[at] = this.column.data[at]! + change
    this.column.mark(index)
  }

  seriesOf(index: number): number {
    return this.column.data[index * TENANT_STRIDE + SERIES_COUNT]!
  }

  /** Notes the time of a sample. Hot. */
  touch(index: number, atMs: number): void {
    const data = this.column.data
    const at = index * TENANT_STRIDE
    if (atMs <= data[at + LAST_SAMPLE_MS]!) return
    data[at + LAST_SAMPLE_MS] = atMs
    if (data[at] === 0) data[at] = atMs
    this.column.mark(index)
  }

  /** Tells the time of the newest sample of all, those without a tenant included; 0 for none. */
  newestMs(): number {
    let newestMs = 0
    for (let at = LAST_SAMPLE_MS; at < this.column.rows * TENANT_STRIDE; at += TENANT_STRIDE) {
      newestMs = Math.max(newestMs, this.column.data[at]!)
    }
    return newestMs
  }

  timeOf(tenantId: TenantId, field: typeof FIRST_SAMPLE_MS | typeof LAST_SAMPLE_MS): number | null {
    const index = this.find(tenantId)
    const atMs = index === undefined ? 0 : this.column.data[index * TENANT_STRIDE + field]!
    return atMs === 0 ? null : atMs
  }

  restoreWord(word: string): void {
    this.words.restore(word)
    this.#number(word)
  }

  #number(word: string): number {
    const index = this.words.number(word)
    while (this.column.rows <= index) this.column.reserve(1)
    return index
  }
}
