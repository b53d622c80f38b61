/**
 * A row of a slot's history as it is by now: what is on disk, and what is on its way there. While a
 * checkpoint is being written its rows may lie in both places; the number of the checkpoint, which
 * is read with the row, tells.
 */
import type { BulkWriter } from '../../core/ports.ts'
import type { HistoryLog } from './history-log.ts'
import { unpackHistory, type CountColumns } from './history-pack.ts'
import type { HistoryStep } from './history-steps.ts'
import type { Slots } from './slots.ts'
import { readHistory } from './store.ts'
import { TICKS_PER_HOUR, TICK_SECONDS } from './windows.ts'

export interface HistoryParts {
  readonly slots: Slots
  readonly history: HistoryLog
  readonly bulk: BulkWriter
}

/** Reads a row. Shape: an entry a bucket of the step; null where nothing was counted in it. Throws
 *  SLO_STATE_DAMAGED. Cost: a read of the disk. */
export function storedHistory(
  { slots, history, bulk }: HistoryParts,
  slot: number,
  {
    step: { stepTicks, rowHours },
    stretch,
  }: { readonly step: HistoryStep; readonly stretch: number },
): CountColumns | null {
  const { tenantId, sloId, estimate } = slots.rows[slot]!
  const stepSeconds = stepTicks * TICK_SECONDS
  const stored = readHistory(tenantId, { sloId, estimate, stepSeconds, stretch }, bulk)
  const pending = history.pending(slot, stepSeconds, stored.checkpoint).get(stretch) ?? []
  const bytes = Buffer.concat([stored.counts, ...pending])
  return bytes.length === 0 ? null : unpackHistory(bytes, (rowHours * TICKS_PER_HOUR) / stepTicks)
}
