/**
 * Which of the pairs that hold are raised, so that one cause pages once: per SLO the fastest page
 * and the fastest ticket, and where two SLOs of a tenant count the same failures only the one that
 * the other yields to.
 */
import type { PairMask } from './decide.ts'
import type { SloTemplate } from './template.ts'
import { PAIRS } from './windows.ts'

const PAGES = maskOf('page')
const TICKETS = maskOf('ticket')

/** Keeps the fastest page and the fastest ticket. Worked: fast, medium and long hold -> fast and
 *  long. */
export function fastest(mask: PairMask): PairMask {
  return lowestBit(mask & PAGES) | lowestBit(mask & TICKETS)
}

/** Silences an SLO's page when the SLO that it yields to pages, and its ticket when that one has
 *  a ticket or pages.
 *  Shape: masks by template, changed in place. */
export function yieldToOthers(templates: readonly SloTemplate[], masks: PairMask[]): void {
  for (let i = 0; i < templates.length; i += 1) {
    const { yieldsTo } = templates[i]!
    if (yieldsTo === undefined || masks[i] === 0) continue
    const other = masks[templates.findIndex(({ sloId }) => sloId === yieldsTo)] ?? 0
    if ((other & PAGES) !== 0) masks[i] = 0
    else if ((other & TICKETS) !== 0) masks[i]! &= ~TICKETS
  }
}

function maskOf(action: string): PairMask {
  return PAIRS.reduce((mask, pair, i) => (pair.action === action ? mask | (1 << i) : mask), 0)
}

function lowestBit(mask: PairMask): PairMask {
  return mask & -mask
}
