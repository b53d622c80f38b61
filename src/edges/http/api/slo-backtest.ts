/** `POST /api/v1/tenants/{id}/slos/{slo}/backtest`: another promise, against what is stored. */
import { z } from 'zod'
import type { SloId } from '../../../core/ids.ts'
import {
  allSlos,
  bookOfSlos,
  ppmOfPercent,
  sloNotFound,
  sloSpecSchema,
  TRIAL_DAYS,
  triedPromiseSchema,
  type SloSpec,
  type TrialAsked,
  type TriedPromise,
} from '../../../domain/slo/slo.ts'
import { checked } from '../checked.ts'
import { inSlices } from '../in-slices.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { needTenant, tenantParams, type ApiDeps } from './parts.ts'
import { sloBacktestSchema } from './slo-backtest.schema.ts'

export function sloBacktestRoutes({ tenants, slo, sloBook, clock }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenantId/slos/:sloId/backtest',
      permission: 'slo:read',
      summary:
        'Tells how an SLO would have stood with another objective, period or other pairs, by the counts that are stored, beside how it stands. Changes nothing.',
      status: 200,
      params: tenantParams.extend({ sloId: z.string() }),
      body: triedPromiseSchema,
      answer: sloBacktestSchema,
      handler: async ({ params, body }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const { slos } = sloBook.spec()
        const spec = allSlos({ slos }).find((each) => each.sloId === params.sloId)
        if (spec === undefined) throw sloNotFound(tenantId, params.sloId)
        const trial = slo.tryPromise(tenantId, params.sloId as SloId, askedOf(spec, body))
        if (trial === undefined) throw sloNotFound(tenantId, params.sloId)
        return json(200, { tenantId, sloId: params.sloId, ...(await inSlices(clock, trial)) })
      },
    }),
  ]
}

/** Checks what is asked for as if configuration said it. Throws REQUEST_INVALID. */
function askedOf(spec: SloSpec, body: TriedPromise): TrialAsked {
  const { objectivePercent, period, alerts, days = TRIAL_DAYS, ...minima } = body
  const given = {
    ...(period === undefined ? {} : { period }),
    ...(alerts === undefined ? {} : { alerts }),
  }
  const tried = checked(sloSpecSchema, { ...spec, ...given }, 'the body') as SloSpec
  const [template] = bookOfSlos([tried]).templates
  return {
    ...minima,
    days,
    targetPpm: objectivePercent === undefined ? undefined : ppmOfPercent(objectivePercent),
    ...(period === undefined
      ? {}
      : { period: template!.period, periodSeconds: template!.periodSeconds }),
    ...(alerts === undefined ? {} : { pairs: template!.pairs }),
  }
}
