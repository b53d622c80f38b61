/** Whether the program lives, and whether it can take work: for whoever starts and stops it. */
import { z } from 'zod'
import { TenantryError } from '../../core/errors.ts'
import { HTTP_ERRORS } from './errors.ts'
import { defineRoute, json, type Route } from './route.ts'

const statusSchema = z.object({ status: z.string() })

/**
 * Makes both routes. The server listens only once its state is restored, so that it is ready until
 * it drains.
 */
export function healthRoutes(isReady: () => boolean): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/healthz',
      permission: 'public',
      summary: 'Tells that the program lives.',
      status: 200,
      answer: statusSchema,
      handler: () => json(200, { status: 'ok' }),
    }),
    defineRoute({
      method: 'GET',
      path: '/readyz',
      permission: 'public',
      summary: 'Tells that the program takes work; 503 while it stops.',
      status: 200,
      answer: statusSchema,
      handler: () => {
        if (isReady()) return json(200, { status: 'ready' })
        throw new TenantryError(HTTP_ERRORS.stopping, 'the server is about to stop')
      },
    }),
  ]
}
