/** Every row of the API. */
import type { Route } from '../route.ts'
import { alertRoutes } from './alerts.ts'
import { artefactRoutes } from './artefacts.ts'
import { auditRoutes } from './audit.ts'
import { collectorRoutes } from './collector.ts'
import { deployGateRoutes } from './deploy-gate.ts'
import { deployRoutes } from './deploys.ts'
import { engineRoutes } from './engines.ts'
import { fleetRoutes } from './fleet.ts'
import { forwardingRoutes } from './forwarding.ts'
import { haRoutes } from './ha.ts'
import { impactRoutes } from './impacts.ts'
import { intakeRoutes } from './intake.ts'
import { keyRoutes } from './keys.ts'
import { loadTestRoutes } from './load-tests.ts'
import { liveRoutes } from './live.ts'
import { descriptionRoutes } from './openapi.ts'
import type { ApiDeps } from './parts.ts'
import { reportRoutes } from './reports.ts'
import { ruleRoutes } from './rules.ts'
import { scrapeRoutes } from './scrape.ts'
import { signalRoutes } from './signals.ts'
import { signInRoutes } from './sign-in.ts'
import { sloBacktestRoutes } from './slo-backtest.ts'
import { sloBackfillRoutes } from './slo-backfill.ts'
import { sloRecomputeRoutes } from './slo-recompute.ts'
import { sloBookRoutes } from './slo-book.ts'
import { sloCorrectionRoutes } from './slo-corrections.ts'
import { sloPolicyRoutes } from './slo-policy.ts'
import { sloRoutes } from './slo.ts'
import { sourceRoutes } from './sources.ts'
import { tenantRoutes } from './tenants.ts'
import { toldAlertRoutes } from './told-alerts.ts'

export function apiRoutes(deps: ApiDeps): Route[] {
  const rows = [
    ...tenantRoutes(deps),
    ...sloRoutes(deps),
    ...sloBookRoutes(deps),
    ...sloBacktestRoutes(deps),
    ...sloCorrectionRoutes(deps),
    ...sloBackfillRoutes(deps),
    ...sloRecomputeRoutes(deps),
    ...sloPolicyRoutes(deps),
    ...reportRoutes(deps),
    ...deployGateRoutes(deps),
    ...signalRoutes(deps),
    ...sourceRoutes(deps),
    ...ruleRoutes(deps),
    ...fleetRoutes(deps),
    ...liveRoutes(deps),
    ...deployRoutes(deps),
    ...toldAlertRoutes(deps),
    ...alertRoutes(deps),
    ...impactRoutes(deps),
    ...artefactRoutes(deps),
    ...loadTestRoutes(deps),
    ...keyRoutes(deps),
    ...auditRoutes(deps),
    ...collectorRoutes(deps),
    ...scrapeRoutes(deps),
    ...haRoutes(deps),
    ...forwardingRoutes(deps),
    ...engineRoutes(deps),
    ...intakeRoutes(deps),
    ...signInRoutes(deps),
  ]
  return [...rows, ...descriptionRoutes(rows)]
}
