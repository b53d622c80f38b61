/**
 * The fleet in words and in order of need. Pure: the facts of each tenant in, what the page shows
 * out.
 *
 *   attention = tier weight x (pressure of the most pressing SLO + half a point an alert)
 *   pressure  = burn x closeness
 *   burn      = the larger of the one-hour burn and the threshold of a pair that holds;
 *               at least 1 where the budget is spent, as if it were being spent just now;
 *               14.4 for a service that is silent, as if it were down
 *   closeness = 1 / (1 + days until the budget is gone); 1 when it is gone or the service silent;
 *               1/30 when the budget does not shrink
 *
 * Worked: an enterprise tenant (weight 4) burns 6.2 times too fast and has half a day left, with
 * one alert: 4 x (6.2 / 1.5 + 0.5) = 18.53. A professional one (weight 2) has spent its budget and
 * burns no more: 2 x 1 = 2.
 */
import type { SloStatus } from '../../domain/slo/slo.ts'
import type { FleetBody, FleetRowBody, FleetSloBody } from './api/fleet.schema.ts'
import { SPEEDS } from './api/slo.schema.ts'

export interface TenantFacts {
  readonly tenantId: string
  readonly name: string
  readonly tier: FleetRowBody['tier']
  readonly tierWeight: number
  readonly region: string
  readonly slos: readonly SloStatus[]
  readonly burnSpark: (number | null)[]
  readonly requestsPerSecond: number | null
  readonly errorRatio: number | null
  readonly p99: FleetRowBody['p99']
  readonly apdex: FleetRowBody['apdex']
  readonly users: FleetRowBody['users']
  readonly lastSampleAtMs: number | null
  readonly openAlerts: number
}

const DAY_SECONDS = 86_400
/** The fastest pair's threshold: a service that is down burns at least so fast. */
const SILENT_BURN = 14.4
const SPENT_BURN = 1
const UNSHRINKING_CLOSENESS = 1 / 30

/** Makes one row of the table. */
export function fleetRow(facts: TenantFacts): FleetRowBody {
  const { tierWeight: _, slos, ...shown } = facts
  return { ...shown, slos: slos.map(fleetSlo), attention: attentionOf(facts) }
}

function fleetSlo(status: SloStatus): FleetSloBody {
  const { sloId, title, state, budgetLeftRatio, objectivePpm, exhaustsInSeconds, verdict } = status
  return {
    sloId,
    title,
    state,
    burning: burningOf(status),
    counted: status.counted,
    budgetLeftRatio,
    objectivePpm,
    exhaustsInSeconds,
    verdict,
  }
}

/** Tells the fastest speed whose condition holds. */
function burningOf({ burns }: SloStatus): FleetSloBody['burning'] {
  return SPEEDS.find((speed) => burns.some((burn) => burn.speed === speed && burn.holds)) ?? null
}

/** Ranks a tenant. Shape: 0 for one that needs none; see the head of this file. */
export function attentionOf(
  facts: Pick<TenantFacts, 'tierWeight' | 'slos' | 'openAlerts'>,
): number {
  const pressing = facts.slos.reduce((most, slo) => Math.max(most, pressureOf(slo)), 0)
  return facts.tierWeight * (pressing + facts.openAlerts / 2)
}

function pressureOf(status: SloStatus): number {
  return burnOf(status) * closenessOf(status)
}

function burnOf(status: SloStatus): number {
  const { state, burns } = status
  const least = state === 'no-data' ? SILENT_BURN : isSpent(status) ? SPENT_BURN : 0
  return burns.reduce((most, { speed, holds, threshold, longBurn }) => {
    const held = holds ? threshold : 0
    const hour = speed === 'fast' ? (longBurn ?? 0) : 0
    return Math.max(most, held, hour)
  }, least)
}

function closenessOf(status: SloStatus): number {
  const { state, exhaustsInSeconds } = status
  if (state === 'no-data' || isSpent(status)) return 1
  if (exhaustsInSeconds === null) return UNSHRINKING_CLOSENESS
  return 1 / (1 + exhaustsInSeconds / DAY_SECONDS)
}

function isSpent({ budgetLeftRatio }: Pick<SloStatus, 'budgetLeftRatio'>): boolean {
  return budgetLeftRatio !== null && budgetLeftRatio <= 0
}

/** The few facts of a row that the cards and the sentence are made of. */
export interface RowSummary {
  readonly tier: FleetRowBody['tier']
  readonly burnsFast: boolean
  readonly isExhausted: boolean
  readonly openAlerts: number
}

export function summaryOf({ tier, slos, openAlerts }: FleetRowBody): RowSummary {
  return {
    tier,
    burnsFast: slos.some((slo) => slo.burning === 'fast'),
    isExhausted: slos.some(isSpent),
    openAlerts,
  }
}

/** Counts what the cards show. */
export function fleetCards(
  rows: readonly RowSummary[],
): Omit<FleetBody['cards'], 'unattributedRatio' | 'samplesPerSecond'> {
  return {
    tenants: rows.length,
    burningFast: rows.filter((row) => row.burnsFast).length,
    budgetsExhausted: rows.filter((row) => row.isExhausted).length,
    openAlerts: rows.reduce((sum, row) => sum + row.openAlerts, 0),
  }
}

/** Says how the fleet is. Worked: "3 of 212 tenants burn their budget fast; 1 enterprise", "1 of 12
 *  tenants has spent its budget; none burns it fast". */
export function fleetSentence(rows: readonly RowSummary[]): string {
  if (rows.length === 0) return 'No tenants yet'
  const burning = rows.filter((row) => row.burnsFast)
  const tenants = rows.length === 1 ? '1 tenant' : `${String(rows.length)} tenants`
  const spent = rows.filter((row) => row.isExhausted).length
  if (burning.length === 0 && spent > 0) {
    const rest = rows.length === 1 ? 'it does not burn fast' : 'none burns it fast'
    return `${String(spent)} of ${tenants} ${spent === 1 ? 'has spent its' : 'have spent their'} budget; ${rest}`
  }
  if (burning.length === 0) {
    return rows.length === 1
      ? 'The one tenant does not burn its budget fast'
      : `None of ${tenants} burns its budget fast`
  }
  const verb = burning.length === 1 ? 'burns its budget' : 'burn their budget'
  const enterprise = burning.filter((row) => row.tier === 'enterprise').length
  const weight = enterprise === 0 ? '' : `; ${String(enterprise)} enterprise`
  return `${String(burning.length)} of ${tenants} ${verb} fast${weight}`
}
