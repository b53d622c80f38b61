/** Rules of the shape that Sloth makes of one SLO of one tenant: 15 records and two alerts. Source: its rules as of 0.16, as described, not copied. */
import { slothLabels } from './rules-history.ts'

export interface SlothSlo {
  readonly tenant: string
  readonly slo: string
  readonly bad: (window: string) => string
  readonly total: (window: string) => string
}

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d']
const BUDGET = 0.001

/** Makes the three groups of an SLO. */
export function slothGroups({ tenant, slo, bad, total }: SlothSlo, interval: string): object[] {
  const labels = slothLabels(tenant, slo)
  const own = `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}}`
  const record = (name: string, expr: string, more: Record<string, string> = {}): object => ({
    record: name,
    expr,
    labels: { ...labels, ...more },
  })
  const ratio = (window: string): string => `slo:sli_error:ratio_rate${window}`
  const budget = `on (sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio${own}`
  const burns = (window: string, times: number): string =>
    `max without (sloth_window) (${ratio(window)}${own} > (${times} * ${BUDGET}))`
  const alert = (
    severity: string,
    [a, b, fast]: readonly [string, string, number],
    [c, d, slow]: readonly [string, string, number],
  ): object => ({
    alert: 'Burn',
    expr: `(${burns(a, fast)} and ${burns(b, fast)}) or (${burns(c, slow)} and ${burns(d, slow)})`,
    labels: { sloth_severity: severity },
  })
  return [
    {
      name: `sli-${tenant}-${slo}`,
      interval,
      rules: [
        ...WINDOWS.map((window) =>
          record(ratio(window), `(${bad(window)}) / (${total(window)})`, { sloth_window: window }),
        ),
        record(
          ratio('30d'),
          `sum_over_time(${ratio('5m')}${own}[30d]) / ignoring (sloth_window) count_over_time(${ratio('5m')}${own}[30d])`,
          { sloth_window: '30d' },
        ),
      ],
    },
    {
      name: `meta-${tenant}-${slo}`,
      interval,
      rules: [
        record('slo:objective:ratio', `vector(${1 - BUDGET})`),
        record('slo:error_budget:ratio', `vector(1-${1 - BUDGET})`),
        record('slo:time_period:days', 'vector(30)'),
        record('slo:current_burn_rate:ratio', `${ratio('5m')}${own} / ${budget}`),
        record('slo:period_burn_rate:ratio', `${ratio('30d')}${own} / ${budget}`),
        record('slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio${own}`),
        record('sloth_slo_info', 'vector(1)'),
      ],
    },
    {
      name: `alerts-${tenant}-${slo}`,
      interval,
      rules: [
        alert('page', ['5m', '1h', 14.4], ['30m', '6h', 6]),
        alert('ticket', ['2h', '1d', 3], ['6h', '3d', 1]),
      ],
    },
  ]
}
