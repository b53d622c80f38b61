/** What an SLO of a kind counts, and what its kind is called. Pure. */
import type { SLO_KINDS } from '../../http/api/slo.schema.ts'
import { formatCount } from './format.ts'

export type SloKindName = (typeof SLO_KINDS)[number]

interface KindWords {
  readonly title: string
  readonly one: string
  readonly many: string
  /** Its breakdown by dimension counts the requests behind it, not what it counts itself. */
  readonly isSlice: boolean
}

const KINDS = {
  'event-ratio': { title: 'Share of requests', one: 'request', many: 'requests', isSlice: false },
  'latency-threshold': { title: 'Latency', one: 'request', many: 'requests', isSlice: false },
  'time-slice': { title: 'Good minutes', one: 'minute', many: 'minutes', isSlice: true },
  'ratio-time-slice': { title: 'Mean of minutes', one: 'minute', many: 'minutes', isSlice: true },
  throughput: { title: 'Throughput', one: 'minute', many: 'minutes', isSlice: true },
  probe: { title: 'Probes', one: 'probe', many: 'probes', isSlice: true },
  external: { title: 'External counts', one: 'event', many: 'events', isSlice: false },
  composite: { title: 'Composite', one: 'share', many: 'shares', isSlice: false },
  'roll-up': { title: 'Added up over tenants', one: 'event', many: 'events', isSlice: false },
} as const satisfies Readonly<Record<SloKindName, KindWords>>

/** Names a kind for a reader. */
export function kindWord(kind: SloKindName): string {
  return KINDS[kind].title
}

/** Tells what is counted, as many as there are. Worked: minutes, 1 -> minute. */
export function unitWord(kind: SloKindName, count: number): string {
  return count === 1 ? KINDS[kind].one : KINDS[kind].many
}

export function countsSlices(kind: SloKindName): boolean {
  return KINDS[kind].isSlice
}

/** Writes a count that may be a part of one, as of composites. Worked: 1_204 -> 1,204, 0.0153 ->
 *  0.0153, 12.4 -> 12.4. */
export function formatAmount(count: number): string {
  if (Number.isInteger(count) || Math.abs(count) >= 1_000) return formatCount(count)
  return count.toLocaleString('en-US', { maximumSignificantDigits: 3 }).replace('-', '−')
}

/** Says counts behind a ratio. Worked: 12 bad of 3,400 minutes. */
export function badOf(kind: SloKindName, bad: number, total: number): string {
  return `${formatAmount(bad)} bad of ${formatAmount(total)} ${unitWord(kind, total)}`
}
