/**
 * Whether each tenant gets what it was promised while it sends what it may: 1,000 requests a second, answered in time and without errors.
 * Arrivals do not wait for answers (`constant-arrival-rate`), so that a slow platform is not sent less.
 */
import http from 'k6/http'
import { readPlan } from './lib/plan.ts'
import { resultOf, type Summary } from './lib/result.ts'
import { isShape, optionsOf } from './lib/scenarios.ts'

const plan = readPlan(__ENV)
const shape = __ENV['SHAPE'] ?? 'steady'
if (!isShape(shape)) throw new Error(`SHAPE: there is no ${shape}`)

export const options = optionsOf(shape, plan)

const method = __ENV['METHOD'] ?? 'POST'
const url = plan.baseUrl + (__ENV['URL_PATH'] ?? '/complete')
const body = __ENV['BODY'] ?? 'let answer = '
const tenantHeader = __ENV['TENANT_HEADER'] ?? 'x-tenant-id'
const headers: Record<string, string> = { 'content-type': __ENV['CONTENT_TYPE'] ?? 'text/plain' }
if (__ENV['AUTHORIZATION'] !== undefined) headers['authorization'] = __ENV['AUTHORIZATION']

export function sendOne(): void {
  http.request(method, url, body, {
    headers: { ...headers, [tenantHeader]: __ENV['TENANT'] ?? '' },
    timeout: '10s',
  })
}

export function handleSummary(summary: Summary): Record<string, string> {
  const result = JSON.stringify(
    resultOf({ test: 'throughput', shape: String(shape), plan }, summary),
  )
  return { [__ENV['RESULT_FILE'] ?? 'stdout']: result }
}
