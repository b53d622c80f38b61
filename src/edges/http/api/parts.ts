/** What handlers are given, and the pieces that several of them are made of. */
import { z } from 'zod'
import type { Artefact } from '../../../codegen/artefact.ts'
import type { CodegenInput } from '../../../codegen/input.ts'
import type { MadeArtefacts } from '../../../codegen/job.ts'
import type { FileDiff } from '../../../codegen/text-diff.ts'
import { TENANT_ID_PATTERN, type SloId, type TenantId } from '../../../core/ids.ts'
import type { Clock, Counters } from '../../../core/ports.ts'
import type { Access } from '../../../domain/access/access.ts'
import type {
  ForeignAlerts,
  Incidents,
  Told,
  ToldProblem,
} from '../../../domain/incidents/incidents.ts'
import type { HaRules, Metrics } from '../../../domain/metrics/metrics.ts'
import type { Reports } from '../../../domain/reports/reports.ts'
import type { Routing } from '../../../domain/routing/routing.ts'
import type {
  Backfills,
  BudgetPolicies,
  Corrections,
  Recomputes,
  Slo,
  SloBookKeeper,
} from '../../../domain/slo/slo.ts'
import { tenantNotFound, type Tenant, type Tenants } from '../../../domain/tenants/tenants.ts'
import type { CollectorFacts } from '../collector-view.ts'
import { HTTP_LIMITS } from '../limits.ts'
import type { Live } from '../live.ts'
import type { ForwardTargetBody } from './forwarding.schema.ts'
import type { EngineDesk } from './engines.ts'
import type { RulerBody } from './slo.schema.ts'
import type { ScrapeTargetBody } from './scrape.schema.ts'

export interface ApiDeps {
  readonly access: Access
  readonly tenants: Tenants
  readonly metrics: Pick<
    Metrics,
    | 'rates'
    | 'query'
    | 'sources'
    | 'usage'
    | 'lastSampleAtMs'
    | 'firstSampleAtMs'
    | 'stats'
    | 'settledToMs'
    | 'haClusters'
    | 'intake'
    | 'cardinality'
    | 'activeUsers'
  >
  readonly slo: Pick<
    Slo,
    | 'status'
    | 'burnSpark'
    | 'breakdown'
    | 'burndown'
    | 'responseThresholdSeconds'
    | 'follow'
    | 'rollUps'
    | 'sources'
    | 'loadable'
    | 'tryPromise'
    | 'recount'
  >
  readonly sloBook: SloBookKeeper
  readonly corrections: Corrections
  readonly backfills: Backfills
  readonly recomputes: Recomputes
  /** Writes what is in memory to disk. Tells whether it could. */
  readonly checkpoint: () => Promise<boolean>
  readonly policies: Pick<BudgetPolicies, 'gate' | 'states' | 'history' | 'overrides' | 'reviews'>
  readonly reports: Pick<Reports, 'listReviews' | 'makeReview' | 'review' | 'loadTests'>
  /** Whose days and months reviews have where nothing else is asked for. */
  readonly reviewZone: string
  readonly incidents: Pick<
    Incidents,
    'list' | 'get' | 'timeline' | 'firingCountByTenant' | 'impacts' | 'redateImpact'
  >
  readonly foreign: Pick<ForeignAlerts, 'list'>
  /** The way in of alerts that other systems tell of. */
  readonly alertIntake: {
    take(told: Told, sender: TenantId | null): Promise<readonly ToldProblem[]>
  }
  readonly routing: Pick<Routing, 'deliveries' | 'attempts' | 'link'>
  readonly clock: Clock
  /** Gives other work a turn in the middle of a long answer. */
  readonly pause: () => Promise<void>
  readonly counters: Counters
  readonly live: Live
  readonly scrape: { targets(): ScrapeTargetBody[]; problems(): readonly string[] }
  readonly collector: { facts(): CollectorFacts }
  readonly forwarding: { status(): readonly ForwardTargetBody[] }
  readonly ha: HaRules
  /** What a ruler says of an SLO that it decides on. */
  readonly rulers: { rulerOf(tenantId: TenantId, sloId: SloId): RulerBody | null }
  /** What other systems are given, made beside everything else. */
  readonly artefacts: {
    make(input: CodegenInput): Promise<MadeArtefacts>
    compare(before: readonly Artefact[], after: readonly Artefact[]): Promise<readonly FileDiff[]>
  }
  readonly engines: EngineDesk
}

export const tenantIdSchema = z
  .string()
  .regex(TENANT_ID_PATTERN, 'expected 1 to 48 of a-z, 0-9 and inner hyphens')
  .transform((text) => text as TenantId)

/** In a path any text is asked for; what is no id is no tenant. */
export const tenantParams = z.object({ tenantId: z.string() })

export const limitSchema = z
  .string()
  .regex(/^\d{1,6}$/, 'expected a whole number')
  .transform(Number)
  .pipe(z.int().min(1).max(HTTP_LIMITS.pageSize))
  .exactOptional()

/** An instant, as epoch milliseconds or RFC 3339. */
export const instantSchema = z.union(
  [
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  ],
  { error: 'expected epoch milliseconds or RFC 3339, such as 2026-11-24T10:00:00Z' },
)

export const cursorSchema = z.string().max(100).exactOptional()

export const DEFAULT_LIMIT = 50

/** Finds the tenant that a path names. Throws TENANT_NOT_FOUND. */
export function needTenant(tenants: Tenants, tenantId: string): Tenant {
  const tenant = tenants.get(tenantId as TenantId)
  if (tenant === undefined) throw tenantNotFound(tenantId)
  return tenant
}

/** Makes the schema of a page of a list. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    /** For the next page. Null on the last one. */
    nextCursor: z.string().nullable(),
  })
}
