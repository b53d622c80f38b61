/**
 * `/api/v1/slo/recomputes`: the past of an SLO is counted again by the definition that holds now.
 * What counts were is written down before they are replaced, and what they came to once that is on
 * disk; asking again goes on with what was broken off, and changes nothing that is right already.
 */
import { z } from 'zod'
import type { SloId, TenantId } from '../../../core/ids.ts'
import {
  isChange,
  RECOMPUTE_LIMITS,
  recomputeKind,
  recomputeNotWritten,
  recomputeReasonSchema,
  sloBookOf,
  sloNotFound,
  whyNotRecomputable,
  type RecountAsked,
  type SloRecount,
} from '../../../domain/slo/slo.ts'
import type { Principal } from '../../../domain/access/access.ts'
import { tenantNotFound } from '../../../domain/tenants/tenants.ts'
import { inSlices } from '../in-slices.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { instantSchema, needTenant, tenantIdSchema, type ApiDeps } from './parts.ts'
import {
  recomputeAnswerSchema,
  recomputeListSchema,
  type RecomputeAnswerBody,
} from './slo-recompute.schema.ts'

const requestSchema = z
  .strictObject({
    sloId: z.string(),
    tenantIds: z.array(tenantIdSchema).min(1).max(RECOMPUTE_LIMITS.tenants),
    /** Without it: the period of the SLO. */
    from: instantSchema.exactOptional(),
    /** Without it: as late as can be. */
    to: instantSchema.exactOptional(),
    /** Tells what would change, and changes nothing. */
    dryRun: z.boolean().exactOptional(),
    reason: recomputeReasonSchema.exactOptional(),
  })
  .refine(({ dryRun, reason }) => dryRun === true || reason !== undefined, {
    path: ['reason'],
    error: 'is missing; counts are replaced for a reason that the audit log keeps',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['to'],
    error: 'expected an instant after `from`',
  })
type Request = z.infer<typeof requestSchema>

export function sloRecomputeRoutes(deps: ApiDeps): Route[] {
  const { recomputes, tenants } = deps
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/slo/recomputes',
      permission: 'slo:read',
      summary: 'Lists the pasts that were counted again, of all tenants or of one; newest first.',
      status: 200,
      query: z.strictObject({ tenantId: tenantIdSchema.exactOptional() }),
      answer: recomputeListSchema,
      handler: ({ query, principal }) => {
        const tenantId = principal.tenantId ?? query.tenantId ?? null
        if (query.tenantId !== undefined && query.tenantId !== tenantId) {
          throw tenantNotFound(query.tenantId)
        }
        if (tenantId !== null) needTenant(tenants, tenantId)
        return json(200, { items: recomputes.list(tenantId) })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/slo/recomputes',
      permission: 'slo:write',
      summary:
        'Counts the past of an SLO again by the definition that holds now, out of the stored signals, or tells what that would change. Nothing is raised because of it; what cannot be counted again stays, and the answer says so.',
      status: 200,
      body: requestSchema,
      answer: recomputeAnswerSchema,
      handler: async ({ body, principal, nowMs }) => {
        refuseUncounted(deps, body)
        const plans = await recountAll(deps, body, false)
        if (body.dryRun === true) return json(200, { items: plans.map(plannedOf) })
        return json(200, {
          items: await replaceAll(deps, body, plans, { actor: principal, nowMs }),
        })
      },
    }),
  ]
}

type Item = RecomputeAnswerBody['items'][number]

interface Plan {
  readonly tenantId: TenantId
  readonly sloId: SloId
  /** Null: the tenant has no such SLO. */
  readonly recount: SloRecount | null
}
type Known = Plan & { readonly recount: SloRecount }

function plannedOf({ tenantId, sloId, recount }: Plan): Item {
  const outcome = recount === null ? 'no-slo' : isChange(recount) ? 'planned' : 'same'
  return { tenantId, sloId, outcome, recomputeId: null, recount }
}

/** Of what is as it should be by now. */
function unchangedOf(plan: Plan): Item {
  return { ...plannedOf(plan), outcome: plan.recount === null ? 'no-slo' : 'same' }
}

/** Replaces what differs, and ends what was broken off before. */
async function replaceAll(
  deps: ApiDeps,
  body: Request,
  plans: readonly Plan[],
  { actor, nowMs }: { readonly actor: Principal; readonly nowMs: number },
): Promise<Item[]> {
  const { recomputes, checkpoint } = deps
  const isDue = (plan: Plan): plan is Known =>
    plan.recount !== null &&
    (isChange(plan.recount) || recomputes.open(plan.tenantId, plan.sloId) !== null)
  const due = plans.filter(isDue)
  if (due.length === 0) return plans.map(plannedOf)
  recomputes.begin(due, { actor, reason: body.reason! }, nowMs)
  const tenantIds = due.map(({ tenantId }) => tenantId)
  const done = (await recountAll(deps, { ...body, tenantIds }, true)).filter(
    (plan): plan is Known => plan.recount !== null,
  )
  if (!(await checkpoint())) throw recomputeNotWritten()
  const ended = recomputes.end(done, actor, deps.clock.nowMs())
  return plans.map((plan) => {
    const recompute = ended.find(({ tenantId }) => tenantId === plan.tenantId)
    if (recompute === undefined) return unchangedOf(plan)
    const { tenantId, sloId, recomputeId, recount } = recompute
    return { tenantId, sloId, outcome: 'changed', recomputeId, recount }
  })
}

async function recountAll(
  { slo, clock }: ApiDeps,
  { sloId, tenantIds, from, to }: Pick<Request, 'sloId' | 'tenantIds' | 'from' | 'to'>,
  apply: boolean,
): Promise<Plan[]> {
  const asked: RecountAsked = { fromMs: from ?? null, toMs: to ?? null, apply }
  const plans: Plan[] = []
  for (const tenantId of new Set(tenantIds)) {
    const steps = slo.recount(tenantId, sloId as SloId, asked)
    const recount = steps === undefined ? null : await inSlices(clock, steps)
    plans.push({ tenantId, sloId: sloId as SloId, recount })
  }
  return plans
}

/** Throws SLO_NOT_FOUND, TENANT_NOT_FOUND, SLO_RECOMPUTE_KIND. */
function refuseUncounted({ tenants, sloBook }: ApiDeps, { sloId, tenantIds }: Request): void {
  for (const tenantId of tenantIds) needTenant(tenants, tenantId)
  const { templates } = sloBookOf(sloBook.spec())
  const template = templates.find((each) => each.sloId === (sloId as SloId))
  if (template === undefined) throw sloNotFound(tenantIds[0]!, sloId)
  const why = whyNotRecomputable(template)
  if (why !== null) throw recomputeKind(why)
}
