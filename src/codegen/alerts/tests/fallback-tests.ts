/** The test of the fallback: it pages by the platform's own metrics, and only while Tenantry says
 *  nothing of the tenant. */
import type { PlatformNames } from '../../input.ts'
import { firing, type RuleTest } from './promtool.ts'
import { counterValues, type InputSeries, type Phase } from './traffic.ts'

const PHASES: readonly Phase[] = [
  { minutes: 60, good: 600, bad: 0 },
  { minutes: 60, good: 300, bad: 300 },
]

/** Makes the test, for an SLO of requests that fail. */
export function fallbackTests(sloId: string, platform: PlatformNames): RuleTest[] {
  const fires = firing(['tenant', 'slo'], ',alertname="TenantBudgetBurnsFallback"')
  return [
    {
      name: 'the fallback is silent while Tenantry tells of tenants, and of those that are none',
      series: [
        info('acme', '1x480'),
        ...['acme', 'none'].flatMap((name) => requests(name, platform)),
      ],
      checks: [
        { expr: fires, minute: 75, samples: [] },
        { expr: fires, minute: 110, samples: [] },
      ],
    },
    {
      name: 'the fallback pages when Tenantry is down',
      series: [info('acme', '1x320 stale'), ...requests('acme', platform)],
      checks: [
        { expr: fires, minute: 75, samples: [] },
        {
          expr: fires,
          minute: 90,
          samples: [{ labels: `{tenant="acme",slo="${sloId}"}`, value: 1 }],
        },
      ],
    },
  ]
}

function info(tenant: string, values: string): InputSeries {
  const series = `tenantry_tenant_info{tenant="${tenant}",tier="enterprise",region="eu",name="A name"}`
  return { series, values }
}

function requests(
  tenant: string,
  { tenantLabel, durationMetric, codeLabel }: PlatformNames,
): InputSeries[] {
  const series = (code: string): string =>
    `${durationMetric}_count{${tenantLabel}="${tenant}",${codeLabel}="${code}"}`
  return [
    { series: series('200'), values: counterValues(PHASES, ({ good }) => good) },
    { series: series('500'), values: counterValues(PHASES, ({ bad }) => bad) },
  ]
}
