/** `/api/v1/collector`: how the collector does, in words and figures. */
import { collectorTotals, collectorView } from '../collector-view.ts'
import { RateWindow } from '../rate-window.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { collectorSchema } from './collector.schema.ts'
import type { ApiDeps } from './parts.ts'

export function collectorRoutes({ collector, live }: Pick<ApiDeps, 'collector' | 'live'>): Route[] {
  const window = new RateWindow()
  live.subscribe((nowMs) => window.note(nowMs, collectorTotals(collector.facts())))
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/collector',
      permission: 'telemetry:read',
      summary: 'Tells how the collector does: what comes in, what becomes of it, what is wrong.',
      status: 200,
      answer: collectorSchema,
      handler: ({ nowMs }) => json(200, collectorView(collector.facts(), window, nowMs)),
    }),
  ]
}
