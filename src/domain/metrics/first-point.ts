/**
 * What a cumulative series has gained when its first point arrives. Pure. Source: design.md section
 * 5.
 * Worked: first value 7, the instance known for two intervals -> 7; a new instance without a start
 * time -> 0, the point is a baseline.
 */
export interface FirstPoint {
  readonly value: number
  readonly atMs: number
  /** When the sender began to count, 0 when it does not say. */
  readonly startMs: number
  /** Whether the reporting instance had been reporting for two intervals. */
  readonly instanceKnown: boolean
  /** How far back a sender's start may lie: what was counted before has no bucket to go to. */
  readonly ageMs: number
}

/** Tells how much of a first point counts: all of it or nothing. */
export function firstPointGain(point: FirstPoint): number {
  if (point.instanceKnown) return point.value
  const started = point.startMs > 0 && point.atMs - point.startMs <= point.ageMs
  return started ? point.value : 0
}
