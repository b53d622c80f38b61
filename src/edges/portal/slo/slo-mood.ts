/** How SLOs look in a headline. Pure. */
import type { Tone } from '../format/slo-condition.ts'
import type { IconName } from '../ui/icon-paths.ts'
import type { SloRow } from './slo-list.ts'

/** Tells tone and icon of the most urgent thing that is the matter with any of them. */
export function sloMood(rows: readonly SloRow[]): { tone: Tone; icon: IconName } {
  const any = (test: (row: SloRow) => boolean): boolean => rows.some(test)
  if (any(({ burningBadly }) => burningBadly > 0)) return { tone: 'bad', icon: 'flame' }
  if (any(({ exhausted }) => exhausted > 0)) return { tone: 'bad', icon: 'spent' }
  if (any(({ burning }) => burning > 0)) return { tone: 'warning', icon: 'trend' }
  if (any(({ unsure }) => unsure > 0)) return { tone: 'warning', icon: 'question' }
  if (rows.every(({ judged }) => judged.length === 0)) return { tone: 'quiet', icon: 'pause' }
  return { tone: 'good', icon: 'check' }
}
