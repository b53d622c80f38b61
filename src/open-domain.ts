/** The stages over their stores: who is handed whom. */
import { ownKeyOf } from './codegen/alerts/own-record.ts'
import { tierOfGroup, type TenantId } from './core/ids.ts'
import type { AppParts } from './app-parts.ts'
import { openAccess, type Access } from './domain/access/access.ts'
import {
  openForeignAlerts,
  openIncidents,
  type ForeignAlerts,
  type Incidents,
} from './domain/incidents/incidents.ts'
import { keptDaysOf, openMetrics, type Metrics } from './domain/metrics/metrics.ts'
import { openReports, type Reports } from './domain/reports/reports.ts'
import type { Channel } from './domain/routing/channels/channel.ts'
import { logChannel } from './domain/routing/channels/log.ts'
import { webhookChannel } from './domain/routing/channels/webhook.ts'
import { openRouting, type Routing } from './domain/routing/routing.ts'
import {
  isImpact,
  openBackfills,
  openBudgetPolicies,
  openCorrections,
  openRecomputes,
  openSlo,
  openSloBook,
  sloBookOf,
  thresholdsOf,
  type Backfills,
  type BudgetPolicies,
  type Corrections,
  type Recomputes,
  type Slo,
  type SloBookKeeper,
} from './domain/slo/slo.ts'
import {
  Attribution,
  openTenants,
  TIERS,
  type Tenants,
  type Tier,
} from './domain/tenants/tenants.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import type { Stores } from './open-stores.ts'

export interface Domain {
  readonly access: Access
  readonly tenants: Tenants
  readonly metrics: Metrics
  readonly slo: Slo
  readonly sloBook: SloBookKeeper
  readonly corrections: Corrections
  readonly backfills: Backfills
  readonly recomputes: Recomputes
  readonly policies: BudgetPolicies
  readonly incidents: Incidents
  /** What other systems tell of. */
  readonly foreign: ForeignAlerts
  readonly reports: Reports
  readonly routing: Routing
}

/** Opens every stage; none has restored its state yet. */
export function openDomain(settings: Settings, parts: AppParts, { control, bulk }: Stores): Domain {
  const { clock, log, outbound, telemetry } = parts
  const access = openAccess({ db: control, log })
  const tenants = openTenants({ db: control, access })
  const sloBook = openSloBook({ db: control, access })
  const book = sloBookOf(sloBook.spec())
  const metrics = openMetrics({
    resolver: tenants.resolver(),
    rules: tenants.rules,
    quotas: tenants.ingestQuotas(),
    bulk,
    counters: telemetry,
    log,
    limits: { settleSeconds: settings.settleSeconds },
    userLabels: settings.userLabels,
    keptDays: (tenantId) => {
      const tenant = tenants.get(tenantId)
      return keptDaysOf(tenant?.tier ?? 'starter', tenant?.security.dataRetentionDays ?? Infinity)
    },
    dimensions: settings.dimensions,
    thresholdsSeconds: thresholdsOf(book.templates),
  })
  const dimensions = settings.dimensions.map(({ name }) => name)
  const corrections = openCorrections({ db: control, access })
  const incidents = openIncidents({ db: control, access, clock, isImpact })
  const recomputes = openRecomputes({ db: control, access, counters: telemetry })
  const slo = openSlo({
    bulk,
    tenants,
    book,
    corrections,
    sources: [incidents.recovery],
    signals: metrics,
    recomputed: (tenantId, sloId) => recomputes.statusOf(tenantId, sloId),
    counters: telemetry,
    log,
    dimensions,
  })
  const backfills = openBackfills({ db: control, access, slo, counters: telemetry })
  const policies = openBudgetPolicies({
    db: control,
    access,
    book: sloBook,
    slo,
    tenants,
    counters: telemetry,
  })
  const reports = openReports({
    db: control,
    access,
    slo,
    metrics,
    incidents,
    tenants,
    counters: telemetry,
  })
  const tierOf = tiersBy(tenants)
  const foreign = openForeignAlerts({
    db: control,
    counters: telemetry,
    resolve: (observed) => tenants.resolver().resolve(observed),
    claim: claimBy(tenants.rules),
    ownKey: ownKeyOf,
    replicaLabels: [...REPLICA_LABELS, settings.haReplicaLabel],
    tierOf,
  })
  const routing = openRouting({
    db: control,
    channels: channelsOf(settings),
    tierOf,
    publicUrl: settings.publicUrl,
    clock,
    outbound,
    counters: telemetry,
    log,
  })
  return {
    access,
    tenants,
    metrics,
    slo,
    sloBook,
    corrections,
    backfills,
    recomputes,
    policies,
    incidents,
    foreign,
    reports,
    routing,
  }
}

/** Names tenants by the operator's rules as they are at the moment. */
function claimBy(
  rules: Tenants['rules'],
): (label: (name: string) => string | undefined) => string | undefined {
  let digest = ''
  let attribution = new Attribution([])
  return (label) => {
    if (rules.digest() !== digest) {
      digest = rules.digest()
      attribution = new Attribution(rules.attribution())
    }
    return attribution.tenantOf(label)
  }
}

/** What tells replicas of a Prometheus apart, as their operators usually call it. */
const REPLICA_LABELS = ['prometheus_replica', 'replica', '__replica__']

/** What is told of a tier is routed as its tenants' alerts are; what is told of all, with the most
 *  care. */
function tiersBy(tenants: Tenants): (tenantId: TenantId) => Tier | undefined {
  let generation = -1
  const known = new Map<TenantId, Tier | undefined>()
  return (tenantId) => {
    const tier = tierOfGroup(tenantId)
    if (tier !== null) return TIERS.find((each) => each === tier)
    if (tenants.generation() !== generation) {
      known.clear()
      generation = tenants.generation()
    }
    if (!known.has(tenantId)) known.set(tenantId, tenants.get(tenantId)?.tier)
    return known.get(tenantId)
  }
}

function channelsOf(settings: Settings): Channel[] {
  const channels = [logChannel.open({})]
  if (settings.webhookUrl !== undefined) {
    channels.push(webhookChannel.open({ url: settings.webhookUrl, secret: settings.webhookSecret }))
  }
  return channels
}
