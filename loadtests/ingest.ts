/** Whether Tenantry takes in what its tenants send: OTLP requests of a hundred series each, counters that grow. */
import exec from 'k6/execution'
import http from 'k6/http'
import { readPlan } from './lib/plan.ts'
import { resultOf, type Summary } from './lib/result.ts'
import { optionsOf } from './lib/scenarios.ts'

const SERIES_A_REQUEST = 100

const plan = readPlan({ RATE: '20', DURATION_SECONDS: '30', ...__ENV })

export const options = optionsOf('steady', plan)

const headers = {
  'content-type': 'application/json',
  authorization: `Bearer ${__ENV['KEY'] ?? ''}`,
}
const startTimeUnixNano = `${Date.now()}000000`

/** Each virtual user is an instance of a service with series of its own, which only grow. */
export function sendOne(): void {
  const tenant = __ENV['TENANT'] ?? ''
  http.post(`${plan.baseUrl}/v1/metrics`, message(tenant), { headers, timeout: '10s' })
}

function message(tenant: string): string {
  const timeUnixNano = `${Date.now()}000000`
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const dataPoints = Array.from({ length: SERIES_A_REQUEST }, (_, i) => ({
    attributes: [
      attribute('http.response.status_code', '200'),
      attribute('http.route', `/load-test/${i}`),
    ],
    startTimeUnixNano,
    timeUnixNano,
    asInt: String(exec.vu.iterationInInstance + 1),
  }))
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            attribute('tenant.id', tenant),
            attribute('service.name', 'load-test'),
            attribute('service.instance.id', `vu-${exec.vu.idInInstance}`),
          ],
        },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'load_test.requests',
                sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
              },
            ],
          },
        ],
      },
    ],
  })
}

export function handleSummary(summary: Summary): Record<string, string> {
  const result = JSON.stringify(resultOf({ test: 'ingest', shape: 'steady', plan }, summary))
  return { [__ENV['RESULT_FILE'] ?? 'stdout']: result }
}
