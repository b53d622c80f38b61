/**
 * What a tenant's rules recorded in its engine, read out of the answer to one instant query. Pure.
 * Source: Prometheus, "HTTP API: Instant queries".
 */
import { z } from 'zod'
import { parseTenantId, type TenantId } from '../../../core/ids.ts'
import type { Action } from '../../../core/condition.ts'
import { parseDurationMs } from '../../../machinery/runtime/quantity-text.ts'

const BURN = 'tenantry:slo_burn_rate'
const LEFT = 'tenantry:slo_budget_left_ratio'
const HEARD = 'heard_from_rules'

/**
 * Asks for burns, budgets, alerts that fire, and when the rules were evaluated last: by the time of
 * a constant that they record each time.
 */
export const READBACK_QUERY = [
  `{__name__=~"${BURN}|${LEFT}"}`,
  'ALERTS{alertname=~"TenantBudgetBurns.*|TenantNoData",alertstate="firing"}',
  `label_replace(timestamp(tenantry:tenant_tier), "${HEARD}", "yes", "", "")`,
].join('\nor ')

export const SPEED_NAMES = ['fast', 'medium', 'slow', 'long'] as const
export type RulerSpeed = (typeof SPEED_NAMES)[number]

export interface RulerAlert {
  readonly slo: string
  readonly cause: string
  /** Null of silence. */
  readonly speed: RulerSpeed | null
  readonly action: Action
}

export interface RulerSays {
  /** When its rules were evaluated last; null where they were not. */
  readonly heardAtMs: number | null
  /** By SLO, then by window in seconds. */
  readonly burns: ReadonlyMap<string, ReadonlyMap<number, number>>
  readonly budgetLeft: ReadonlyMap<string, number>
  readonly alerts: readonly RulerAlert[]
}

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
})

/** Reads an answer, tenant by tenant. Throws where it is none. Shape: only tenants that it names.
 */
export function readRulerAnswer(text: string): ReadonlyMap<TenantId, RulerSays> {
  const { result } = answerSchema.parse(JSON.parse(text)).data
  const said = new Map<TenantId, Mutable>()
  for (const { metric, value } of result) {
    const tenantId = parseTenantId(metric['tenant'] ?? '')
    if (tenantId === undefined) continue
    const own = said.get(tenantId) ?? nothing()
    said.set(tenantId, own)
    take(own, metric, Number(value[1]))
  }
  return said
}

interface Mutable {
  heardAtMs: number | null
  burns: Map<string, Map<number, number>>
  budgetLeft: Map<string, number>
  alerts: RulerAlert[]
}

function nothing(): Mutable {
  return { heardAtMs: null, burns: new Map(), budgetLeft: new Map(), alerts: [] }
}

function take(own: Mutable, metric: Readonly<Record<string, string>>, value: number): void {
  const { __name__: name, slo = '', window = '', alertname } = metric
  if (metric[HEARD] !== undefined) own.heardAtMs = Math.max(own.heardAtMs ?? 0, value * 1_000)
  else if (name === BURN) {
    const windows = own.burns.get(slo) ?? new Map<number, number>()
    own.burns.set(slo, windows.set((parseDurationMs(window) ?? 0) / 1_000, value))
  } else if (name === LEFT) own.budgetLeft.set(slo, value)
  else if (alertname !== undefined) own.alerts.push(alertOf(metric))
}

function alertOf(metric: Readonly<Record<string, string>>): RulerAlert {
  const { slo = '', cause = '', speed, action } = metric
  return {
    slo,
    cause,
    speed: SPEED_NAMES.find((name) => name === speed) ?? null,
    action: action === 'page' || action === 'ticket' ? action : 'report',
  }
}
