/** The tests of one SLO's rules. */
import type { SloSpec } from '../../../domain/slo/model/slo-spec.ts'
import { templateOf } from '../../../domain/slo/model/template-of.ts'
import { inputOf, sliceMinutes, sliceOf } from '../../../domain/slo/template.ts'
import { SPEEDS, type Speed } from '../../../domain/slo/windows.ts'
import { selected, SLO_SERIES } from '../series.ts'
import { STAGES, stageOf } from '../stages.ts'
import { expectedSpeeds } from './expected.ts'
import { firing, type RuleCheck, type RuleTest } from './promtool.ts'
import { CASE_MINUTES, CHECKED_MINUTES, isEven, sloTraffic } from './slo-cases.ts'
import { exposedSeries, steadyValues, type InputSeries, type TenantTraffic } from './traffic.ts'

/** Makes the tests. Empty for an SLO that counts series of somebody else, or longer slices. */
export function sloTests(spec: SloSpec): RuleTest[] {
  const template = templateOf(spec)
  const input = inputOf(template)
  const slice = sliceOf(template)
  if (input === null || (slice !== null && sliceMinutes(slice) !== 1)) return []
  const traffic = sloTraffic(template)
  const series = traffic.map((tenant) => exposedSeries(tenant, input))
  if (series.includes(null)) return []
  const expected = (tenants: readonly TenantTraffic[], minute: number, some: readonly Speed[]) =>
    tenants.flatMap((tenant) =>
      expectedSpeeds(template, tenant, minute)
        .filter((speed) => some.includes(speed))
        .map((speed) => ({
          labels: `{tenant="${tenant.tenantId}",speed="${speed}",slo="${spec.sloId}"}`,
          value: 1,
        })),
    )
  const fires = (matchers: string): string =>
    firing(['tenant', 'speed', 'slo'], `,slo="${spec.sloId}",${matchers}`)
  const atOnce = template.pairs
    .filter(({ longSeconds }) => stageOf(STAGES, longSeconds) === 0)
    .map(({ speed }) => speed)
  const even = traffic.filter(isEven)
  const speeds: RuleCheck[] = [
    ...CHECKED_MINUTES.map((minute) => ({
      expr: fires(`speed=~"${atOnce.join('|')}"`),
      minute,
      samples: expected(traffic, minute, atOnce),
    })),
    {
      expr: fires(`tenant=~"${even.map(({ tenantId }) => tenantId).join('|')}"`),
      minute: CASE_MINUTES,
      samples: expected(even, CASE_MINUTES, SPEEDS),
    },
  ]
  const [firstPair] = template.pairs
  const idle: RuleCheck[] =
    firstPair === undefined
      ? []
      : [
          {
            expr: `${selected(SLO_SERIES.burn, spec.sloId, firstPair.shortSeconds)} and on (tenant) tenantry_tenant_info{tenant="idle"}`,
            minute: CASE_MINUTES,
            samples: [],
          },
        ]
  return [
    {
      name: `${spec.sloId}: what burns raises its pairs, what is idle, calm or promised less does not`,
      series: [
        ...traffic.flatMap((tenant) => saidOf(tenant, spec)),
        ...series.flatMap((each) => each!),
      ],
      checks: [...speeds, ...idle],
    },
  ]
}

/** What Tenantry says of a tenant. */
function saidOf({ tenantId, tier, promisedPpm }: TenantTraffic, { sloId }: SloSpec): InputSeries[] {
  const info = `tenantry_tenant_info{tenant="${tenantId}",tier="${tier}",region="eu",name="A name"}`
  const promised = `tenantry_slo_objective_ratio{tenant="${tenantId}",slo="${sloId}"}`
  return [
    { series: info, values: steadyValues(CASE_MINUTES, 1) },
    ...(promisedPpm === null
      ? []
      : [{ series: promised, values: steadyValues(CASE_MINUTES, promisedPpm / 1_000_000) }]),
  ]
}
