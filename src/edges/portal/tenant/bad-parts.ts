/** Which rows a dimension's table has: pure. */
import type { DimensionBody } from '../../http/api/slo.schema.ts'

export interface BadPart {
  readonly name: string
  /** False for the rows that stand for other values and for none. */
  readonly isValue: boolean
  readonly shareOfBad: number
  readonly bad: number
  readonly total: number
}

/** Lists the values with bad events, then what is left of them in others and without a value.
 *  Shape: shares add up to 1 where `bad` is the sum. */
export function badParts({ values, other, without }: DimensionBody, bad: number): BadPart[] {
  const rows = [
    ...values.map(({ value, ...counts }) => ({ name: value, isValue: true, ...counts })),
    { name: 'Other values', isValue: false, ...other },
    { name: 'No value', isValue: false, ...without },
  ]
  return rows
    .filter((row) => row.bad > 0)
    .map((row) => ({ ...row, shareOfBad: bad > 0 ? Math.min(1, row.bad / bad) : 0 }))
}
