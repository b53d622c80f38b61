/**
 * The SLO families of `/metrics/tenants`. Without events a ratio has no sample: an idle tenant
 * never shows NaN.
 */
import { ppmToRatio } from '../../core/units.ts'
import { SLO_STATES, type SloStatus } from '../../domain/slo/slo.ts'
import type { ExpositionWriter, SampleLabels } from '../../machinery/wire/exposition-text.ts'
import type { ExposedFamily, FamilyName } from './exposed-family.ts'

export const SLO_FAMILIES: readonly ExposedFamily<SloStatus>[] = [
  single('tenantry_slo_objective_ratio', (status) => ppmToRatio(status.objectivePpm)),
  single('tenantry_slo_sli_ratio', (status) => status.sliRatio),
  single('tenantry_slo_budget_left_ratio', (status) => status.budgetLeftRatio),
  { name: 'tenantry_slo_burn_rate', write: writeBurns },
  { name: 'tenantry_slo_state', write: writeState },
  single('tenantry_slo_excluded', ({ exclusions, settledToMs }) => {
    const isNow = exclusions.some(({ fromMs, toMs }) => fromMs <= settledToMs && settledToMs < toMs)
    return isNow ? 1 : null
  }),
  single('tenantry_slo_clock_used_ratio', ({ clocks: [nearest] }) =>
    nearest === undefined ? null : nearest.elapsedSeconds / nearest.limitSeconds,
  ),
]

function single(
  name: FamilyName,
  value: (status: SloStatus) => number | null,
): ExposedFamily<SloStatus> {
  return {
    name,
    write(writer, labels, status) {
      const found = value(status)
      if (found !== null) writer.sample(name, labels, found)
    },
  }
}

/**
 * Two pairs may share a window, as 6 h ends the medium and begins the long one: it is written once.
 */
function writeBurns(writer: ExpositionWriter, labels: SampleLabels, { burns }: SloStatus): void {
  const written = new Set<number>()
  const write = (seconds: number, burn: number | null): void => {
    if (burn === null || written.has(seconds)) return
    written.add(seconds)
    writer.sample('tenantry_slo_burn_rate', [...labels, ['window', windowName(seconds)]], burn)
  }
  for (const { longSeconds, shortSeconds, longBurn, shortBurn } of burns) {
    write(shortSeconds, shortBurn)
    write(longSeconds, longBurn)
  }
}

function writeState(writer: ExpositionWriter, labels: SampleLabels, { state }: SloStatus): void {
  for (const name of SLO_STATES) {
    writer.sample('tenantry_slo_state', [...labels, ['state', name]], name === state ? 1 : 0)
  }
}

/** Writes a span as Prometheus does. Worked: 21_600 -> "6h". */
export function windowName(seconds: number): string {
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const) {
    if (seconds % size === 0) return `${String(seconds / size)}${unit}`
  }
  return `${String(seconds)}s`
}
