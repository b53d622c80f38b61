/** `/api/v1/engines/forwarding`: how far accepted series have come on their way to engines. */
import { defineRoute, json, type Route } from '../route.ts'
import { forwardingSchema } from './forwarding.schema.ts'
import type { ApiDeps } from './parts.ts'

export function forwardingRoutes({ forwarding }: Pick<ApiDeps, 'forwarding'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/engines/forwarding',
      permission: 'telemetry:read',
      summary: 'Lists the engines that series are sent on to: how far, how late, what was refused.',
      status: 200,
      answer: forwardingSchema,
      handler: () => json(200, { items: [...forwarding.status()] }),
    }),
  ]
}
