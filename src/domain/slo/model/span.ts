/** Spans as configuration writes them, such as `28d` or `1h30m`, and as seconds. Pure. */
import { z } from 'zod'

const UNIT_SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const
type Unit = keyof typeof UNIT_SECONDS
const UNITS = Object.keys(UNIT_SECONDS) as Unit[]

/** Weeks, days, hours, minutes and seconds, each at most once and the largest first. */
const SPAN_PATTERN = /^(?=\d)(\d{1,6}w)?(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?$/

export const spanSchema = z
  .string()
  .regex(SPAN_PATTERN, { error: 'expected a span such as 30d, 6h or 1h30m', abort: true })
  .refine((text) => spanSeconds(text) > 0, {
    error: 'expected a span that is longer than nothing',
  })

/** Tells how long a span is. Asks that it is one. Worked: `1h30m` = 5_400. */
export function spanSeconds(text: string): number {
  return [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit as Unit],
    0,
  )
}

/** Writes a span in whole units, days being the largest. Worked: 5_400 -> `1h30m`, 2_419_200 ->
 *  `28d`. */
export function spanText(seconds: number): string {
  let rest = seconds
  const parts = UNITS.filter((unit) => unit !== 'w').map((unit) => {
    const count = Math.floor(rest / UNIT_SECONDS[unit])
    rest -= count * UNIT_SECONDS[unit]
    return count === 0 ? '' : `${count}${unit}`
  })
  return parts.join('') || '0s'
}
