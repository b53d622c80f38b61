/** What the metrics stage would have stored of gains, by the minute, in plain maps. */
import type { TenantId } from '../../../src/core/ids.ts'
import { HOUR_MS } from '../../../src/core/time.ts'
import type { CellHour } from '../../../src/domain/metrics/metrics.ts'
import type { SignalHours } from '../../../src/domain/slo/slo.ts'
import type { Gain } from './harness.ts'

const MINUTE = 60_000

export class StoredSignals implements SignalHours {
  /** By hour, then by cell. */
  readonly #hours = new Map<number, Map<number, Float64Array>>()
  /** Minutes before are kept by the hour alone. */
  #minutesFromMs = -Infinity
  /** Nothing before is kept. */
  #fromMs = -Infinity

  add(gains: readonly Gain[]): void {
    for (const { cell, atMs, amount } of gains) {
      const minute = Math.ceil(atMs / MINUTE)
      const hour = Math.ceil(minute / 60)
      const rows = this.#hours.get(hour) ?? new Map<number, Float64Array>()
      this.#hours.set(hour, rows)
      const row = rows.get(cell) ?? new Float64Array(60).fill(NaN)
      rows.set(cell, row)
      const at = minute - 1 - (hour - 1) * 60
      row[at] = (Number.isNaN(row[at]!) ? 0 : row[at]!) + amount
    }
  }

  forget(kept: { readonly minutesFromMs: number; readonly fromMs: number }): void {
    this.#minutesFromMs = kept.minutesFromMs
    this.#fromMs = kept.fromMs
  }

  cellHour(_: TenantId, hourEndMs: number): CellHour {
    const rows = this.#hours.get(hourEndMs / HOUR_MS)
    if (rows === undefined || hourEndMs <= this.#fromMs) return { stored: 'nothing' }
    return hourEndMs <= this.#minutesFromMs ? { stored: 'hour' } : { stored: 'minutes', rows }
  }
}
