/** `/api/v1/collector/ha`: which of the replicas that send the same counts. */
import { defineRoute, json, type Route } from '../route.ts'
import { haSchema } from './ha.schema.ts'
import type { ApiDeps } from './parts.ts'

export function haRoutes({ metrics, ha }: Pick<ApiDeps, 'metrics' | 'ha'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/collector/ha',
      permission: 'telemetry:read',
      summary: 'Lists the clusters whose writers name replicas, and which replica of each counts.',
      status: 200,
      answer: haSchema,
      handler: () => json(200, { ...ha, items: metrics.haClusters() }),
    }),
  ]
}
