/** Shares as configuration writes them, in percent, and as whole parts per million. Pure. */
import { z } from 'zod'

const DECIMALS = 4
const PPM_PER_PERCENT = 10 ** DECIMALS

/** Something may fail and something must succeed: neither 0 nor 100. */
export const percentSchema = z
  .number()
  .refine((percent) => percent > 0 && percent < 100, {
    error: 'expected more than 0 and less than 100 percent: at 100 nothing may ever fail',
    abort: true,
  })
  .refine((percent) => isExact(percent), {
    error: `expected at most ${DECIMALS} decimals: shares are kept in parts per million`,
  })

/** A share of a budget: all of it at most. */
export const sharePercentSchema = z
  .number()
  .refine((percent) => percent > 0 && percent <= 100, {
    error: 'expected more than 0 and at most 100 percent',
    abort: true,
  })
  .refine((percent) => isExact(percent), { error: `expected at most ${DECIMALS} decimals` })

/** Tells a percentage in parts per million, exactly. Worked: 99.95 = 999_500. */
export function ppmOfPercent(percent: number): number {
  return Math.round(percent * PPM_PER_PERCENT)
}

/** Worked: 999_500 = 99.95. */
export function percentOfPpm(ppm: number): number {
  return ppm / PPM_PER_PERCENT
}

function isExact(percent: number): boolean {
  return percentOfPpm(ppmOfPercent(percent)) === percent
}
