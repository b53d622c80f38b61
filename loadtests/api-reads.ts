/** Whether Tenantry's own API answers in time while people and pipelines read: the fleet, a tenant's SLOs, alerts. */
import http from 'k6/http'
import { readPlan } from './lib/plan.ts'
import { resultOf, type Summary } from './lib/result.ts'
import { optionsOf } from './lib/scenarios.ts'

const plan = readPlan({ RATE: '50', DURATION_SECONDS: '30', ...__ENV })

export const options = optionsOf('steady', plan)

const headers = { authorization: `Bearer ${__ENV['KEY'] ?? ''}` }
const paths = (tenant: string): string[] => [
  '/api/v1/fleet',
  `/api/v1/tenants/${tenant}/slo`,
  `/api/v1/alerts?tenantId=${tenant}&limit=50`,
]

export function sendOne(): void {
  const tenant = __ENV['TENANT'] ?? ''
  const all = paths(tenant)
  const path = all[__ITER % all.length]!
  http.get(plan.baseUrl + path, { headers, timeout: '10s', tags: { name: path } })
}

export function handleSummary(summary: Summary): Record<string, string> {
  const result = JSON.stringify(resultOf({ test: 'api-reads', shape: 'steady', plan }, summary))
  return { [__ENV['RESULT_FILE'] ?? 'stdout']: result }
}
