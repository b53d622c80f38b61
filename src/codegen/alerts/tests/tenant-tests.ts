/** The tests of the rules of tenants: what is held while Tenantry is down, and silence. */
import type { SloSpec } from '../../../domain/slo/model/slo-spec.ts'
import { templateOf } from '../../../domain/slo/model/template-of.ts'
import { inputOf } from '../../../domain/slo/template.ts'
import { BUDGET, selected, TIER } from '../series.ts'
import { firing, type RuleTest } from './promtool.ts'
import { exposedSeries, type InputSeries } from './traffic.ts'

/** Makes the tests, with an SLO whose promises are looked at. */
export function tenantTests(spec: SloSpec): RuleTest[] {
  const { sloId } = spec
  const promised = `tenantry_slo_objective_ratio{tenant="acme",slo="${sloId}"}`
  const tier = (minute: number, samples: readonly [string, string][]) => ({
    expr: TIER,
    minute,
    samples: samples.map(([tenant, name]) => ({
      labels: `${TIER}{tenant="${tenant}",tier="${name}"}`,
      value: 1,
    })),
  })
  return [
    {
      name: 'tiers and promises are held while Tenantry is down, and no longer than that',
      series: [
        // Down from the tenth minute to the fortieth; afterwards beta is gone and acme has grown.
        info('acme', 'starter', '1x40 stale'),
        info('acme', 'enterprise', '_x160 1x80'),
        info('beta', 'starter', '1x40 stale'),
        { series: promised, values: '0.99x40 stale' },
      ],
      checks: [
        tier(5, [
          ['acme', 'starter'],
          ['beta', 'starter'],
        ]),
        tier(35, [
          ['acme', 'starter'],
          ['beta', 'starter'],
        ]),
        tier(50, [['acme', 'enterprise']]),
        budget(5, [['acme', 'starter', 0.01]]),
        budget(35, [['acme', 'starter', 0.01]]),
      ],
    },
    {
      name: 'silence is as urgent as the tier',
      series: (['starter', 'professional', 'enterprise'] as const).flatMap((name) => [
        info(name, name, '1x80'),
        {
          series: `tenantry_slo_state{tenant="${name}",slo="${sloId}",state="no-data"}`,
          values: '0x40 1x40',
        },
      ]),
      checks: [
        { expr: firing(['tenant'], ',alertname="TenantNoData"'), minute: 9, samples: [] },
        {
          expr: firing(['tenant', 'action'], ',alertname="TenantNoData"'),
          minute: 15,
          samples: [
            { labels: '{tenant="starter",action="report"}', value: 1 },
            { labels: '{tenant="professional",action="ticket"}', value: 1 },
            { labels: '{tenant="enterprise",action="page"}', value: 1 },
          ],
        },
      ],
    },
  ]

  function budget(minute: number, samples: readonly [string, string, number][]) {
    return {
      expr: `${selected(BUDGET, sloId)} and on (tenant) ${TIER}{tenant="acme"}`,
      minute,
      samples: samples.map(([tenant, name, value]) => ({
        labels: `${BUDGET}{tenant="${tenant}",tier="${name}",slo="${sloId}"}`,
        value,
      })),
    }
  }
}

/** Makes the test of a tenant whose series are gone while Tenantry still tells of it. */
export function staleTests(reference: SloSpec): RuleTest[] {
  const input = inputOf(templateOf(reference))
  if (input === null) return []
  const stays = { minutes: 105, good: 600, bad: 0 }
  const traffic = (tenantId: string, minutes: number) =>
    exposedSeries(
      { tenantId, tier: 'starter', promisedPpm: null, phases: [{ ...stays, minutes }] },
      input,
    )?.map(({ series, values }) => ({ series, values: `${values} stale` }))
  const [acme, gone] = [traffic('acme', 105), traffic('gone', 75)]
  if (acme === undefined || gone === undefined) return []
  const fires = firing(['tenant'], ',alertname="TenantStale"')
  return [
    {
      name: 'a tenant whose series are gone is told, one that never had any is not',
      series: [
        ...['acme', 'gone', 'never'].map((name) => info(name, 'starter', '1x420')),
        ...acme,
        ...gone,
      ],
      checks: [
        { expr: fires, minute: 70, samples: [] },
        { expr: fires, minute: 95, samples: [{ labels: '{tenant="gone"}', value: 1 }] },
      ],
    },
  ]
}

function info(tenant: string, tier: string, values: string): InputSeries {
  const series = `tenantry_tenant_info{tenant="${tenant}",tier="${tier}",region="eu",name="A name"}`
  return { series, values }
}
