/** What an SLO of a kind counts, and what its kind is called. Pure. */
import type { SLO_KINDS, SLO_UNITS, SloStatusBody } from '../../http/api/slo.schema.ts'
import { formatCount } from './format.ts'

export type SloKindName = (typeof SLO_KINDS)[number]
export type SloUnitName = (typeof SLO_UNITS)[number]

const KINDS = {
  'event-ratio': 'Share of requests',
  'latency-threshold': 'Latency',
  'time-slice': 'Good slices of time',
  'ratio-time-slice': 'Mean of slices of time',
  throughput: 'Throughput',
  probe: 'Probes',
  external: 'Counted by a source',
  composite: 'Composite',
  'roll-up': 'Added up over tenants',
} as const satisfies Readonly<Record<SloKindName, string>>

const UNITS = {
  request: 'requests',
  minute: 'minutes',
  slice: 'slices',
  probe: 'probes',
  second: 'seconds',
  event: 'events',
  share: 'shares',
} as const satisfies Readonly<Record<SloUnitName, string>>

/** Names a kind for a reader. */
export function kindWord(kind: SloKindName): string {
  return KINDS[kind]
}

/** Tells what is counted, as many as there are. Worked: minute, 2 -> minutes. */
export function unitWord(unit: SloUnitName, count: number): string {
  return count === 1 ? unit : UNITS[unit]
}

type Counting = Pick<SloStatusBody, 'unit'> & Partial<Pick<SloStatusBody, 'counted'>>

/** Tells what an SLO counts, as many as there are: what its source says, or its unit. */
export function countWord({ unit, counted = null }: Counting, count: number): string {
  if (counted === null) return unitWord(unit, count)
  return count === 1 ? counted.one : counted.many
}

/** Tells whether slices of time are counted: a breakdown by dimension counts the requests behind
 *  them. */
export function countsSlices(unit: SloUnitName): boolean {
  return unit === 'minute' || unit === 'slice'
}

/** Writes a count that may be a part of one, as of composites. Worked: 1_204 -> 1,204, 0.0153 ->
 *  0.0153, 12.4 -> 12.4. */
export function formatAmount(count: number): string {
  if (Number.isInteger(count) || Math.abs(count) >= 1_000) return formatCount(count)
  return count.toLocaleString('en-US', { maximumSignificantDigits: 3 }).replace('-', '−')
}

/** Says counts behind a ratio. Worked: 12 bad of 3,400 minutes, 1 bad of 3 impacts. */
export function badOf(of: Counting, bad: number, total: number): string {
  return `${formatAmount(bad)} bad of ${formatAmount(total)} ${countWord(of, total)}`
}
