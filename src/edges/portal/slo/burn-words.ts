/** Why a pair of windows raises something or not, in a sentence. Pure. */
import type { BurnBody } from '../../http/api/slo.schema.ts'
import { formatBurn } from '../format/format.ts'
import { formatSpan } from '../format/time.ts'

export const SPEED_WORDS = { fast: 'Fast', medium: 'Medium', slow: 'Slow', long: 'Long' } as const
export const ACTION_WORDS = { page: 'a page', ticket: 'a ticket', report: 'a report' } as const

/** Says what a pair does now. Worked: "Both windows burn above 14.4×: it asks for a page." */
export function pairSentence(burn: BurnBody): string {
  const { holds, suppressed, threshold, longBurn, shortBurn, longSeconds, shortSeconds } = burn
  const limit = formatBurn(threshold)
  if (holds) return `Both windows burn above ${limit}: it asks for ${ACTION_WORDS[burn.action]}.`
  if (suppressed !== null) return `Held back: ${suppressed}.`
  if (longBurn === null && shortBurn === null) return 'Nothing was counted in its windows.'
  const [long, short] = [formatSpan(longSeconds), formatSpan(shortSeconds)]
  const isLong = longBurn !== null && longBurn >= threshold
  const isShort = shortBurn !== null && shortBurn >= threshold
  if (isLong && !isShort) return `${long} is above ${limit}, ${short} no more: it eases.`
  if (isShort && !isLong) return `${short} is above ${limit}, ${long} not yet: it may pass.`
  return `Both windows are below ${limit}.`
}

/** Tells how far bars go: half again past the threshold, or to the most that burns. */
export function burnScale({ threshold, longBurn, shortBurn }: BurnBody): number {
  return Math.max(1.5 * threshold, longBurn ?? 0, shortBurn ?? 0)
}
