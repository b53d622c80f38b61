/**
 * The limits of tenants in Mimir or Cortex, from their quotas here: a little wider, so that it is
 * Tenantry that refuses and says why. Pure. Source: Grafana Mimir, "Runtime configuration";
 * Cortex, "Runtime configuration file"; both know the limits by the same names.
 */
import type { TenantId } from '../../../core/ids.ts'
import { yamlText } from '../../../codegen/alerts/rules-yaml.ts'
import type { IngestQuotas, Tier } from '../../../domain/tenants/tenants.ts'
import type { Engine, EngineLimits } from '../engine.ts'

export type LimitValue = number | boolean | string
export type LimitRow = Readonly<Record<string, LimitValue>>

export interface LimitedTenant {
  readonly tenantId: TenantId
  readonly tier: Tier
  readonly ingest: IngestQuotas
}

/** Where nothing is said about limits. */
const DEFAULTS: EngineLimits = { marginRatio: 1.25, tiers: {} }
/** What a tenant's own rules record, and what the engine adds to each series. */
const RECORDED_SERIES = 1_000
const ADDED_LABELS = 2

/** Works out the limits of tenants. Shape: by tenant, in the order given; limits by name. */
export function limitOverrides(
  engine: Pick<Engine, 'limits' | 'rules'>,
  tenants: readonly LimitedTenant[],
): ReadonlyMap<TenantId, LimitRow> {
  const limits = engine.limits ?? DEFAULTS
  return new Map(
    tenants.map(({ tenantId, tier, ingest }) => [
      tenantId,
      sortedRow({
        ...quotaLimits(ingest, limits.marginRatio),
        ...ruleLimits(engine.rules),
        ...limits.tiers[tier],
      }),
    ]),
  )
}

/** Worked: 10,000 samples a second and a margin of 1.25 are 12,500. */
function quotaLimits(ingest: IngestQuotas, marginRatio: number): LimitRow {
  const wider = (count: number): number => Math.ceil(Number((count * marginRatio).toFixed(3)))
  return {
    ingestion_rate: wider(ingest.samplesPerSecond),
    ingestion_burst_size: wider(ingest.burstSamples),
    max_global_series_per_user: wider(ingest.activeSeries) + RECORDED_SERIES,
    max_label_names_per_series: ingest.labelsPerSeries + ADDED_LABELS,
    max_label_name_length: ingest.labelNameBytes,
    max_label_value_length: ingest.labelValueBytes,
  }
}

function ruleLimits(rules: Engine['rules']): LimitRow {
  if (rules === undefined) return {}
  return {
    ruler_max_rules_per_rule_group: rules.maxRulesPerGroup,
    ruler_max_rule_groups_per_tenant: rules.maxGroups,
  }
}

function sortedRow(row: LimitRow): LimitRow {
  return Object.fromEntries(
    Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  )
}

/** Writes the file that Mimir and Cortex read again while they run. */
export function overridesText(name: string, overrides: ReadonlyMap<TenantId, LimitRow>): string {
  const about = `Limits of the tenants of ${name}, for -runtime-config.file.`
  return yamlText(about, { overrides: Object.fromEntries(overrides) })
}

export interface LimitDifference {
  readonly limit: string
  readonly wanted: LimitValue
  /** Null where the engine does not say. */
  readonly is: LimitValue | null
}

/** Compares what a tenant shall have with what the engine says. */
export function limitDifferences(
  wanted: LimitRow,
  is: Readonly<Record<string, unknown>>,
): LimitDifference[] {
  return Object.entries(wanted).flatMap(([limit, value]) => {
    const there = is[limit]
    if (there !== undefined && sameValue(value, there)) return []
    const told = typeof there === 'object' || there === undefined ? null : (there as LimitValue)
    return [{ limit, wanted: value, is: told }]
  })
}

function sameValue(wanted: LimitValue, there: unknown): boolean {
  if (typeof wanted === 'string' && typeof there === 'string')
    return wanted === there || spanSeconds(wanted) === spanSeconds(there)
  return String(wanted) === String(there)
}

/** Engines write `5m` back as `5m0s`. NaN, which equals nothing, where it is no span. */
function spanSeconds(text: string): number {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text)
  if (parts === null || text === '') return NaN
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  return 3_600 * hours + 60 * minutes + seconds
}
