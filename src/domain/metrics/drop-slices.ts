/**
 * Takes the samples of refused tenants out of a write that was walked, and says so. What follows a
 * sample as its part goes with it.
 */
import type { RefusedSlice } from './admission.ts'
import { NO_SENDER } from './ha-senders.ts'
import { refusalCode } from './registrar.ts'
import { EXTRA, NATIVE_HISTOGRAM, ROLE_STRIDE, TENANT, type SeriesTable } from './series-table.ts'
import type { Shares } from './shares.ts'
import { MAX_MESSAGES, PART, type Entries } from './entries.ts'

/** Returns the first series of each slice, in their order. Cost: one pass over the write. */
export function dropSlices(
  staged: Entries,
  shares: Shares,
  slices: readonly RefusedSlice[],
  { roles }: SeriesTable,
): number[] {
  const codes = new Map(slices.map(({ tenant, reason }) => [tenant, refusalCode(reason, tenant)]))
  const firstSlots = new Map<number, number>()
  const { slots, flags, senders, count } = staged
  const { stretches } = senders
  let kept = 0
  let isDropped = false
  let next = 0
  let sender = senders.list[NO_SENDER]!
  for (let entry = 0; entry < count; entry += 1) {
    for (; stretches[next]?.fromEntry === entry; next += 1) {
      sender = senders.list[stretches[next]!.sender]!
      stretches[next] = { ...stretches[next]!, fromEntry: kept }
    }
    if (flags[entry] !== PART) {
      const role = slots[entry]! * ROLE_STRIDE
      const tenant = roles.data[role + TENANT]!
      const code = codes.get(tenant)
      isDropped = code !== undefined
      if (code !== undefined) {
        if (!firstSlots.has(tenant)) firstSlots.set(tenant, slots[entry]!)
        sender.refused.set(code, (sender.refused.get(code) ?? 0) + 1)
        if (roles.data[role + EXTRA] === NATIVE_HISTOGRAM) sender.histogramsRefused += 1
      }
    }
    if (isDropped) continue
    if (kept !== entry) staged.move(entry, kept)
    kept += 1
  }
  for (; next < stretches.length; next += 1)
    stretches[next] = { ...stretches[next]!, fromEntry: kept }
  staged.count = kept
  for (const { tenant } of slices) shares.drop(tenant)
  const texts = slices.map(({ text, reason }) => `${text} (${reason})`)
  staged.messages.unshift(...texts)
  staged.messages.length = Math.min(staged.messages.length, MAX_MESSAGES)
  return slices.map(({ tenant }) => firstSlots.get(tenant)!)
}
