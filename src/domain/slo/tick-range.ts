/** Stretches of time in ticks, (fromTick, toTick], and what they have in common. Pure. */

export interface TickRange {
  readonly fromTick: number
  readonly toTick: number
}

/** Whole five minutes. Shape: sorted, disjoint, not touching. */
export type Exclusions = readonly TickRange[]

export const NO_EXCLUSIONS: Exclusions = []

/** Cuts a range to another one; null where they have nothing in common. */
export function common(range: TickRange, { fromTick, toTick }: TickRange): TickRange | null {
  const cut = {
    fromTick: Math.max(range.fromTick, fromTick),
    toTick: Math.min(range.toTick, toTick),
  }
  return cut.fromTick < cut.toTick ? cut : null
}

/** Puts stretches together that overlap or touch. */
export function merged(ranges: readonly TickRange[]): Exclusions {
  const result: { fromTick: number; toTick: number }[] = []
  for (const { fromTick, toTick } of ranges.toSorted((a, b) => a.fromTick - b.fromTick)) {
    const last = result.at(-1)
    if (last !== undefined && fromTick <= last.toTick) last.toTick = Math.max(last.toTick, toTick)
    else result.push({ fromTick, toTick })
  }
  return result
}
