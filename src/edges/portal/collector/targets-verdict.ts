/** The targets in words and in order of need. Pure. */
import type { ScrapeTargetBody } from '../../http/api/scrape.schema.ts'

export interface TargetsVerdict {
  readonly tone: 'good' | 'quiet' | 'warning'
  readonly sentence: string
}

/**
 * Says how they do, and whether something keeps them from being scraped as configured. Worked: 2 of
 * 10 down -> "2 of 10 targets are down".
 */
export function targetsVerdict(
  targets: readonly ScrapeTargetBody[],
  problems: number,
): TargetsVerdict {
  const down = targets.filter(({ health }) => health === 'down').length
  const unknown = targets.filter(({ health }) => health === 'unknown').length
  const all = targets.length
  if (down > 0) {
    const which = all === 1 ? 'The one target' : `${down} of ${all} targets`
    return { tone: 'warning', sentence: `${which} ${down === 1 ? 'is' : 'are'} down` }
  }
  if (problems > 0) {
    return { tone: 'warning', sentence: 'Not everything is scraped as configured' }
  }
  if (unknown > 0) {
    const which = unknown === 1 ? '1 target was' : `${unknown} targets were`
    return { tone: 'quiet', sentence: `${which} not scraped yet` }
  }
  return {
    tone: 'good',
    sentence: all === 1 ? 'The one target is up' : `All ${all} targets are up`,
  }
}

const URGENCY = { down: 0, unknown: 1, up: 2 } as const

/** Puts those that are down first; the order is kept otherwise. */
export function byNeed(targets: readonly ScrapeTargetBody[]): ScrapeTargetBody[] {
  return targets.toSorted((left, right) => URGENCY[left.health] - URGENCY[right.health])
}
