/** `GET /api/v1/live`: server-sent events, one an evaluation. */
import { TenantryError } from '../../../core/errors.ts'
import { HTTP_ERRORS } from '../errors.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'

export function liveRoutes({ access, clock, live }: ApiDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/live',
      permission: 'slo:read',
      summary:
        'Tells by server-sent events (`tick`) that an evaluation is complete; resumes by Last-Event-ID.',
      status: 200,
      handler: ({ principal, header, signal }) => {
        const stream = live.open({
          lastEventId: header('last-event-id'),
          isCurrent: () => access.isCurrent(principal, clock.nowMs()),
          signal,
        })
        if (stream === undefined) {
          const message = `${String(live.clients())} pages listen already`
          throw new TenantryError(HTTP_ERRORS.tooManyLiveClients, message)
        }
        return { status: 200, type: 'text/event-stream', stream }
      },
    }),
  ]
}
