/**
 * The SLOs of the book with how they stand over the tenants: pure, out of the fleet's rows and what
 * is published of each SLO. Cost: one look at every SLO of every tenant.
 */
import type { FleetRowBody, FleetSloBody } from '../../http/api/fleet.schema.ts'
import type { SloWindowsBody } from '../../http/api/slo-book.schema.ts'
import type { Tier } from '../fleet/fleet-search.ts'
import { formatObjective } from '../format/format.ts'
import {
  compareConditions,
  compareNeeds,
  isExhausted,
  sloCondition,
  type SloConditionName,
} from '../format/slo-condition.ts'
import { formatSpan } from '../format/time.ts'
import type { SloFilters, SloSort, SloSortKey } from './slo-search.ts'

export type PublishedSloBody = SloWindowsBody['slos'][number]

/** One tenant as an SLO judges it. */
export interface Judged {
  readonly tenantId: string
  readonly name: string
  readonly tier: Tier
  readonly slo: FleetSloBody
  readonly condition: SloConditionName
}

export interface SloRow {
  readonly published: PublishedSloBody
  /** Most urgent first, then the least budget left. */
  readonly judged: readonly Judged[]
  readonly burning: number
  readonly burningFast: number
  /** Of those that burn: fast enough for a page. */
  readonly burningBadly: number
  readonly exhausted: number
  readonly unsure: number
  /** Null without a tenant. */
  readonly worst: SloConditionName | null
  /** The least that is left of a tenant's budget. Null where nothing was counted. */
  readonly least: number | null
}

const UNSURE: readonly string[] = ['no-data', 'stale', 'inconsistent', 'uncertain']

/** Makes a row of every SLO, of tenants of some tiers where they are named. */
export function sloRows(
  published: readonly PublishedSloBody[],
  fleet: readonly FleetRowBody[],
  tiers: readonly Tier[],
): SloRow[] {
  const bySlo = new Map<string, Judged[]>()
  for (const { tenantId, name, tier, slos } of fleet) {
    if (tiers.length > 0 && !tiers.includes(tier)) continue
    for (const slo of slos) {
      const judged = bySlo.get(slo.sloId) ?? []
      bySlo.set(slo.sloId, judged)
      judged.push({ tenantId, name, tier, slo, condition: sloCondition(slo) })
    }
  }
  return published
    .filter(({ objectives }) => {
      return tiers.length === 0 || objectives.some(({ tier }) => tiers.includes(tier))
    })
    .map((each) => sloRow(each, bySlo.get(each.sloId) ?? []))
}

/** Puts tenants together that one SLO judges. */
export function sloRow(published: PublishedSloBody, tenants: readonly Judged[]): SloRow {
  const judged = tenants.toSorted(byNeed)
  const left = judged.flatMap(({ slo: { budgetLeftRatio } }) => budgetLeftRatio ?? [])
  const count = (test: (slo: FleetSloBody) => boolean): number =>
    judged.filter(({ slo }) => test(slo)).length
  return {
    published,
    judged,
    burning: count(({ burning }) => burning !== null),
    burningFast: count(({ burning }) => burning === 'fast'),
    burningBadly: count(({ burning }) => burning === 'fast' || burning === 'medium'),
    exhausted: count(isExhausted),
    unsure: count(({ state }) => UNSURE.includes(state)),
    worst: judged[0]?.condition ?? null,
    least: left.length === 0 ? null : Math.min(...left),
  }
}

function byNeed(left: Judged, right: Judged): number {
  return (
    compareNeeds(
      { condition: left.condition, budgetLeftRatio: left.slo.budgetLeftRatio },
      { condition: right.condition, budgetLeftRatio: right.slo.budgetLeftRatio },
    ) || left.name.localeCompare(right.name)
  )
}

/** Keeps the rows that match every filter that is set. */
export function filterSlos(rows: readonly SloRow[], { states, text }: SloFilters): SloRow[] {
  const needle = text.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (states.length === 0 || states.some((state) => STATE_TESTS[state](row))) &&
      (needle === '' ||
        row.published.title.toLowerCase().includes(needle) ||
        row.published.sloId.includes(needle)),
  )
}

const STATE_TESTS: Readonly<Record<SloFilters['states'][number], (row: SloRow) => boolean>> = {
  burning: ({ burning }) => burning > 0,
  exhausted: ({ exhausted }) => exhausted > 0,
  'no-data': ({ unsure }) => unsure > 0,
  ok: ({ judged }) => judged.every(({ condition }) => condition === 'ok'),
}

const READ: Readonly<Record<SloSortKey, (row: SloRow) => number | string | null>> = {
  name: ({ published }) => published.title.toLowerCase(),
  tenants: ({ judged }) => judged.length,
  burning: ({ burning }) => burning,
  exhausted: ({ exhausted }) => exhausted,
  unsure: ({ unsure }) => unsure,
  least: ({ least }) => least,
}

/** Sorts rows. What is not known comes last in both directions; equals keep their need. */
export function sortSlos(rows: readonly SloRow[], { key, isDescending }: SloSort): SloRow[] {
  const byAttention = rows.toSorted(byAttentionOf)
  if (key === null) return byAttention
  const read = READ[key]
  const sign = isDescending ? -1 : 1
  return byAttention.toSorted((left, right) => {
    const [a, b] = [read(left), read(right)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return a === b ? 0 : a < b ? -sign : sign
  })
}

function byAttentionOf(left: SloRow, right: SloRow): number {
  return (
    compareConditions(left.worst ?? 'ok', right.worst ?? 'ok') ||
    right.burningFast - left.burningFast ||
    right.burning - left.burning ||
    right.exhausted - left.exhausted
  )
}

/** Says how the SLOs stand. Worked: "2 of 5 SLOs burn for 3 tenants; 1 budget is spent". */
export function slosSentence(rows: readonly SloRow[]): string {
  const burning = rows.filter((row) => row.burning > 0)
  const spent = rows.reduce((sum, row) => sum + row.exhausted, 0)
  const tenants = new Set(
    rows.flatMap(({ judged }) =>
      judged.filter(({ slo }) => slo.burning !== null).map(({ tenantId }) => tenantId),
    ),
  ).size
  const budgets = spent === 0 ? '' : `${counted(spent, 'budget is', 'budgets are')} spent`
  if (burning.length > 0) {
    const burn = burning.length === 1 ? 'burns' : 'burn'
    const head = `${burning.length} of ${counted(rows.length, 'SLO', 'SLOs')} ${burn} for ${counted(tenants, 'tenant', 'tenants')}`
    return budgets === '' ? head : `${head}; ${budgets}`
  }
  if (budgets !== '') return `No SLO burns; ${budgets}`
  return rows.length === 1 ? 'The one SLO does not burn' : `None of ${rows.length} SLOs burns`
}

/** Says how one SLO stands over its tenants. Worked: "2 of 12 tenants burn their budget; 1 has
 *  spent it". */
export function sloSentence({ judged, burning, exhausted, unsure }: SloRow): string {
  const all = counted(judged.length, 'tenant', 'tenants')
  if (judged.length === 0) return 'It judges no tenant'
  const rest = [
    ...(exhausted > 0 ? [`${exhausted} ${exhausted === 1 ? 'has' : 'have'} spent it`] : []),
    ...(unsure > 0 ? [`of ${unsure} the data is missing or unsure`] : []),
  ]
  if (burning === 0 && rest.length === 0) return `No tenant of ${judged.length} burns its budget`
  const head =
    burning === 0
      ? `None of ${all} burns its budget`
      : `${burning} of ${all} ${burning === 1 ? 'burns its' : 'burn their'} budget`
  return [head, ...rest].join('; ')
}

/** Says what is promised now. Worked: "99.9 %", or "Enterprise 99.95 %, Starter 99.5 %". */
export function objectiveParts(
  { objectives }: Pick<PublishedSloBody, 'objectives'>,
  nowMs: number,
): { readonly tier: Tier | null; readonly text: string }[] {
  const now = objectives.map(({ tier, versions }) => {
    const version = versions.findLast(({ fromMs }) => fromMs <= nowMs) ?? versions[0]
    return { tier, text: version === undefined ? '' : formatObjective(version.objectivePpm) }
  })
  const [first] = now
  if (first === undefined) return []
  if (now.every(({ text }) => text === first.text)) return [{ tier: null, text: first.text }]
  return now.toReversed()
}

/** Says over which period a budget lasts. Worked: "30 d, rolling", "month, Europe/Berlin". */
export function periodText({
  periodSeconds,
  calendar,
}: Pick<PublishedSloBody, 'periodSeconds' | 'calendar'>): string {
  return calendar === null
    ? `${formatSpan(periodSeconds)}, rolling`
    : `${calendar.unit}, ${calendar.zone}`
}

/** Worked: 1, tenant, tenants -> 1 tenant. */
export function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
