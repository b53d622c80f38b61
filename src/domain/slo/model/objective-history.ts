/**
 * Which objective holds when. Every version counts from a full hour on, because budgets are kept by
 * the hour; a version that recomputes is the objective of all hours before it as well. Pure.
 */
import { HOUR_MS } from '../../../core/time.ts'
import { assert } from '../../../core/assert.ts'

export interface ObjectiveVersion {
  /** A full hour; 0 for the beginning. */
  readonly fromMs: number
  readonly targetPpm: number
  readonly recompute: boolean
}

/** Shape: oldest first, at least one, the first from 0. */
export type ObjectiveHistory = readonly ObjectiveVersion[]

/** A version as it is told. */
export interface PromisedObjective {
  /** 0: from the beginning. */
  fromMs: number
  objectivePpm: number
  /** Hours before it are judged by it as well. */
  recompute: boolean
}

export function promisedObjective(version: ObjectiveVersion): PromisedObjective {
  const { fromMs, targetPpm, recompute } = version
  return { fromMs, objectivePpm: targetPpm, recompute }
}

/** Tells the full hour at or after an instant: since when a change counts. */
export function effectiveFromMs(atMs: number): number {
  return Math.ceil(atMs / HOUR_MS) * HOUR_MS
}

/** Finds what holds for the hours that end after an instant. Worked: at the very instant of a
 *  version that one holds. */
export function versionAt(history: ObjectiveHistory, atMs: number): ObjectiveVersion {
  const found = history.findLast(({ fromMs }) => fromMs <= atMs)
  assert(found !== undefined, 'an objective from the beginning on')
  return found
}

/** A stretch of hours, (fromMs, toMs], judged by one objective. */
export interface ObjectiveStretch {
  readonly fromMs: number
  readonly toMs: number
  readonly targetPpm: number
}

/** Tells by which objectives a range, (fromMs, toMs], is judged at its end. Shape: oldest first,
 *  without gaps; one where nothing changed or the last change recomputes. */
export function stretchesOf(
  history: ObjectiveHistory,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly ObjectiveStretch[] {
  const stretches: ObjectiveStretch[] = []
  for (const [index, version] of history.entries()) {
    if (version.fromMs >= toMs && index > 0) break
    if (version.recompute) stretches.length = 0
    const isFirst = stretches.length === 0
    const from = isFirst ? fromMs : Math.max(fromMs, version.fromMs)
    const to = Math.min(toMs, history[index + 1]?.fromMs ?? toMs)
    if (to > from || (isFirst && index === history.length - 1)) {
      stretches.push({ fromMs: from, toMs: Math.max(to, from), targetPpm: version.targetPpm })
    }
  }
  return stretches
}
