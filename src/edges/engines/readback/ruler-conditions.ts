/**
 * Who decides what is raised of a tenant: Tenantry, or the rules in its engine. Where the rules do,
 * what Tenantry works out itself is shown and not raised; the rules' alerts are raised under the
 * same keys, so that an alert goes on over a change of who decides. Rules that are silent raise
 * nothing and end nothing: silence is no recovery, and is a condition of its own. Pure.
 */
import type { Action, Condition } from '../../../core/condition.ts'
import type { TenantId } from '../../../core/ids.ts'
import { LABELS } from '../../../core/names/labels.ts'
import type { Tier } from '../../../domain/tenants/tenants.ts'
import type { RulerState } from './readback.ts'
import { SPEED_NAMES, type RulerAlert } from './ruler-answer.ts'

export interface RulerTenant {
  readonly tenantId: TenantId
  readonly name: string
  readonly tier: Tier
  readonly state: RulerState
  /** Of the SLOs that its rules count: the others stay Tenantry's. */
  readonly causes: ReadonlySet<string>
}

/** An alert that fires, as far as it matters here. */
export type FiringAlert = Pick<Condition, 'source' | 'tenantId' | 'key' | 'action' | 'labels'>

const SILENT_KEY = 'ruler-silent'
const NO_DATA_KEY = 'no-data'
const RAISED = ['page', 'ticket'] as const
/** A tenant whose rules are silent is as urgent as one that is silent itself. */
const SILENT_ACTION: Readonly<Record<Tier, Action>> = {
  enterprise: 'page',
  professional: 'ticket',
  starter: 'report',
}

/** Replaces what a ruler decides on among conditions. Shape: others first, in their order. */
export function decidedBy(
  tenants: readonly RulerTenant[],
  conditions: readonly Condition[],
  firing: readonly FiringAlert[],
  nowMs: number,
): readonly Condition[] {
  const ruled = new Map(tenants.map((tenant) => [tenant.tenantId, tenant.causes]))
  const alertsOf = Map.groupBy(
    firing.filter((alert) => ruled.has(alert.tenantId)),
    ({ tenantId }) => tenantId,
  )
  const others = conditions.filter(
    ({ source, tenantId, key }) => source !== 'slo' || !isDecided(key, ruled.get(tenantId)),
  )
  return [
    ...others,
    ...tenants.flatMap((tenant) => told(tenant, alertsOf.get(tenant.tenantId) ?? [], nowMs)),
    ...ended(ruled, firing, nowMs),
  ]
}

/** Burns and silence; clocks, policies and sums over tenants stay Tenantry's. */
function isDecided(key: string, causes: ReadonlySet<string> | undefined): boolean {
  if (causes === undefined) return false
  const [cause = '', action] = key.split('/')
  return key === NO_DATA_KEY || (causes.has(cause) && (action === 'page' || action === 'ticket'))
}

function told(tenant: RulerTenant, firing: readonly FiringAlert[], nowMs: number): Condition[] {
  const { state } = tenant
  const silence = silenceOf(tenant, firing, nowMs)
  if (state.isSilent || state.says.heardAtMs === null)
    return [
      ...silence,
      ...firing
        .filter((alert) => isMadeUrgent(alert, tenant.causes))
        .map((alert) => stillTicket(alert, nowMs)),
    ]
  const { alerts } = state.says
  const raised = new Map<string, Condition>()
  for (const [cause, some] of Map.groupBy(alerts, (alert) => alert.cause)) {
    if (cause === NO_DATA_KEY) raised.set(NO_DATA_KEY, noData(tenant, some[0]!, nowMs))
    else for (const one of burns(tenant, cause, some, firing, nowMs)) raised.set(one.key, one)
  }
  const gone = firing.filter(
    (alert) =>
      alert.source === 'slo' &&
      isDecided(alert.key, tenant.causes) &&
      !raised.has(alert.key) &&
      alert.labels[LABELS.priority] === undefined,
  )
  return [...silence, ...raised.values(), ...gone.map((alert) => over(tenant.name, alert, nowMs))]
}

/** A new ticket waits until the page of its cause has ended, as where Tenantry decides. */
function burns(
  tenant: RulerTenant,
  cause: string,
  alerts: readonly RulerAlert[],
  firing: readonly FiringAlert[],
  nowMs: number,
): Condition[] {
  const loudest = RAISED.flatMap((action) => {
    const own = alerts.filter((alert) => alert.action === action)
    const [first] = own.toSorted((left, right) => place(left) - place(right))
    return first === undefined ? [] : [first]
  })
  const pages = loudest.some(({ action }) => action === 'page')
  return loudest
    .filter(({ action }) => {
      const key = `${cause}/${action}`
      return action === 'page' || !pages || firing.some((alert) => alert.key === key)
    })
    .map((alert) => burn(tenant, alert, nowMs))
}

function place({ speed }: RulerAlert): number {
  return speed === null ? SPEED_NAMES.length : SPEED_NAMES.indexOf(speed)
}

function burn(tenant: RulerTenant, alert: RulerAlert, nowMs: number): Condition {
  const { slo, cause, speed, action } = alert
  const { burns: all, budgetLeft } = tenant.state.says
  const windows = [...(all.get(slo) ?? [])].toSorted(([left], [right]) => left - right)
  const left = budgetLeft.get(slo)
  const how = speed === null ? '' : ` (${speed})`
  const worst = Math.max(0, ...windows.map(([, value]) => value))
  return {
    ...facts(tenant.tenantId, `${cause}/${action}`, action, nowMs),
    holds: true,
    summary: `${tenant.name} burns its ${slo} budget too fast${how}, ${saysWho(tenant)}.`,
    numbers: { longBurn: worst, ...(left === undefined ? {} : { budgetLeft: left }) },
    labels: labelsOf({ slo, speed: speed ?? 'none', tier: tenant.tier }),
  }
}

function noData(tenant: RulerTenant, { action }: RulerAlert, nowMs: number): Condition {
  return {
    ...facts(tenant.tenantId, NO_DATA_KEY, action, nowMs),
    holds: true,
    summary: `${tenant.name} was heard within a day and is not any more, ${saysWho(tenant)}.`,
    numbers: {},
    labels: labelsOf({ tier: tenant.tier }),
  }
}

function saysWho({ state }: RulerTenant): string {
  return `says the ruler of ${state.engine}`
}

function over(name: string, alert: FiringAlert, nowMs: number): Condition {
  return {
    ...facts(alert.tenantId, alert.key, alert.action, nowMs),
    holds: false,
    summary: `${name}: it is over, says the ruler.`,
    numbers: {},
    labels: alert.labels,
  }
}

/** Tells whether a policy made a page of a ticket: it ends as soon as the ticket is not told. */
function isMadeUrgent({ source, key, labels }: FiringAlert, causes: ReadonlySet<string>): boolean {
  return source === 'slo' && isDecided(key, causes) && labels[LABELS.priority] !== undefined
}

function stillTicket({ tenantId, key, labels }: FiringAlert, nowMs: number): Condition {
  const { [LABELS.priority]: _p, [LABELS.raisedFrom]: raisedFrom, ...own } = labels
  const ticket = raisedFrom === 'ticket'
  return {
    ...facts(
      tenantId,
      ticket ? key.replace(/page$/, 'ticket') : key,
      ticket ? 'ticket' : 'page',
      nowMs,
    ),
    holds: true,
    summary: `The ruler of ${tenantId} is silent: what burned when it fell silent goes on.`,
    numbers: {},
    labels: own,
  }
}

function silenceOf(
  { tenantId, name, tier, state }: RulerTenant,
  firing: readonly FiringAlert[],
  nowMs: number,
): Condition[] {
  const was = firing.some(({ key }) => key === SILENT_KEY)
  if (!state.isSilent && !was) return []
  const silentSeconds = Math.max(0, Math.round((nowMs - state.sinceMs) / 1_000))
  const why =
    state.failure === null ? 'it is not evaluated' : `it does not answer: ${state.failure}`
  return [
    {
      ...facts(tenantId, SILENT_KEY, SILENT_ACTION[tier], nowMs),
      source: 'metrics',
      holds: state.isSilent,
      summary: state.isSilent
        ? `The ruler of ${state.engine} decides for ${name} and is silent: ${why}.`
        : `The ruler of ${state.engine} is heard again of ${name}.`,
      numbers: { silentSeconds },
      labels: labelsOf({ tier }),
    },
  ]
}

/** Silence of a ruler ends with its being asked. */
function ended(
  ruled: ReadonlyMap<TenantId, unknown>,
  firing: readonly FiringAlert[],
  nowMs: number,
): Condition[] {
  return firing
    .filter(({ tenantId, key }) => key === SILENT_KEY && !ruled.has(tenantId))
    .map((alert) => ({
      ...facts(alert.tenantId, SILENT_KEY, alert.action, nowMs),
      source: 'metrics',
      holds: false,
      summary: `No ruler decides for ${alert.tenantId} any more.`,
      numbers: {},
      labels: alert.labels,
    }))
}

function facts(
  tenantId: TenantId,
  key: string,
  action: Action,
  atMs: number,
): Pick<Condition, 'source' | 'tenantId' | 'key' | 'action' | 'atMs'> {
  return { source: 'slo', tenantId, key, action, atMs }
}

interface ToldLabels {
  readonly slo?: string
  readonly speed?: string
  readonly tier: Tier
}

function labelsOf({ slo, speed, tier }: ToldLabels): Record<string, string> {
  return {
    ...(slo === undefined ? {} : { [LABELS.slo]: slo }),
    ...(speed === undefined ? {} : { [LABELS.speed]: speed }),
    [LABELS.tier]: tier,
    [LABELS.evaluator]: 'ruler',
  }
}
