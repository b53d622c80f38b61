/**
 * `/api/v1/tenants/{id}/ingest` and `/cardinality`: what a tenant sends against what it may, and
 * who made its series; `/api/v1/collector/cardinality` for all tenants.
 */
import type { Clock } from '../../../core/ports.ts'
import { fleetCardinalityBody, fleetCardinalityRow, tenantIntakeBody } from '../intake-view.ts'
import { HTTP_LIMITS } from '../limits.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  cardinalitySchema,
  fleetCardinalitySchema,
  tenantIntakeSchema,
  type FleetCardinalityRowBody,
} from './intake.schema.ts'
import { needTenant, tenantParams, type ApiDeps } from './parts.ts'

export function intakeRoutes({
  tenants,
  metrics,
  clock,
}: Pick<ApiDeps, 'tenants' | 'metrics' | 'clock'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/ingest',
      permission: 'metrics:read',
      summary: 'Tells what a tenant sends against what it may, and what of it was refused.',
      status: 200,
      params: tenantParams,
      answer: tenantIntakeSchema,
      handler: ({ params, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        return json(200, tenantIntakeBody(tenantId, metrics.intake.of(tenantId, nowMs), nowMs))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenantId/cardinality',
      permission: 'metrics:read',
      summary: 'Tells which metrics and labels made a tenant’s series.',
      status: 200,
      params: tenantParams,
      answer: cardinalitySchema,
      handler: async ({ params, nowMs }) => {
        const { tenantId } = needTenant(tenants, params.tenantId)
        const found = await inSlices(metrics.cardinality(tenantId), clock)
        return json(200, { tenantId, asOfMs: nowMs, ...found })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/collector/cardinality',
      permission: 'telemetry:read',
      summary: 'Lists tenants by how much of their limits they use, and what of theirs is refused.',
      status: 200,
      answer: fleetCardinalitySchema,
      handler: async ({ nowMs }) => {
        const rows = await inSlices(fleetRows(), clock)
        return json(200, fleetCardinalityBody(rows, metrics.intake.unattributedSeries(), nowMs))

        function* fleetRows(): Generator<void, FleetCardinalityRowBody[]> {
          const found: FleetCardinalityRowBody[] = []
          for (const tenant of tenants.active()) {
            found.push(fleetCardinalityRow(tenant, metrics.intake.of(tenant.tenantId, nowMs)))
            yield
          }
          return found
        }
      },
    }),
  ]
}

/** Takes the steps of long work, and gives other work a turn after each few milliseconds. */
async function inSlices<Result>(
  steps: Generator<void, Result>,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<Result> {
  let untilMs = clock.monotonicMs() + HTTP_LIMITS.sliceMs
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    if (clock.monotonicMs() < untilMs) continue
    await clock.sleep(0)
    untilMs = clock.monotonicMs() + HTTP_LIMITS.sliceMs
  }
}
