/** Every page and its address. The fleet is in the first load; the others come when they are
 *  visited. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { readArtefactSearch } from './artefacts/artefact-search.ts'
import { readBudgetSearch } from './budget/budget-search.ts'
import { readCardinalitySearch } from './collector/cardinality-search.ts'
import { FleetPage } from './fleet/fleet-page.tsx'
import { readFleetSearch } from './fleet/fleet-search.ts'
import { parseSearch, stringifySearch } from './search-text.ts'
import { readReviewSearch } from './reviews/review-search.ts'
import { Gate } from './shell/gate.tsx'
import { NotFound } from './shell/not-found.tsx'
import { readEngineSearch } from './engines/engine-search.ts'
import { readSloSearch } from './slo/slo-search.ts'
import { readSloView } from './slo/slo-view.ts'
import { readSignalSearch } from './signals/signal-range.ts'
import { ErrorNotice } from './ui/notice.tsx'

const rootRoute = createRootRoute({ component: Gate, notFoundComponent: NotFound })

const fleetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: readFleetSearch,
  component: FleetPage,
})

const tenantRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tenants/$tenantId',
  validateSearch: readSignalSearch,
  component: lazyRouteComponent(() => import('./tenant/tenant-page.tsx'), 'TenantPage'),
})

const tenantSloRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tenants/$tenantId/slos/$sloId',
  validateSearch: readSloView,
  component: lazyRouteComponent(() => import('./slo/tenant-slo-page.tsx'), 'TenantSloPage'),
})

const slosRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/slos',
  validateSearch: readSloSearch,
  component: lazyRouteComponent(() => import('./slo/slos-page.tsx'), 'SlosPage'),
})

const sloRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/slos/$sloId',
  component: lazyRouteComponent(() => import('./slo/slo-page.tsx'), 'SloPage'),
})

const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./alerts/alerts-page.tsx'), 'AlertsPage'),
})

const alertRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alerts/$alertId',
  component: lazyRouteComponent(() => import('./explain/explain-page.tsx'), 'ExplainPage'),
})

const budgetReviewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/budget-reviews',
  validateSearch: readBudgetSearch,
  component: lazyRouteComponent(() => import('./budget/budget-page.tsx'), 'BudgetPage'),
})

const reviewsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reviews',
  validateSearch: readReviewSearch,
  component: lazyRouteComponent(() => import('./reviews/reviews-page.tsx'), 'ReviewsPage'),
})

const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reviews/$reviewId',
  component: lazyRouteComponent(() => import('./reviews/review-page.tsx'), 'ReviewPage'),
})

const loadTestsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/load-tests',
  component: lazyRouteComponent(() => import('./load-tests/load-tests-page.tsx'), 'LoadTestsPage'),
})

const loadTestRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/load-tests/$runId',
  component: lazyRouteComponent(() => import('./load-tests/load-test-page.tsx'), 'LoadTestPage'),
})

const enginesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/engines',
  validateSearch: readEngineSearch,
  component: lazyRouteComponent(() => import('./engines/engines-page.tsx'), 'EnginesPage'),
})

const artefactsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/artefacts',
  validateSearch: readArtefactSearch,
  component: lazyRouteComponent(() => import('./artefacts/artefacts-page.tsx'), 'ArtefactsPage'),
})

const collectorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/collector',
  component: lazyRouteComponent(() => import('./collector/collector-tabs.tsx'), 'CollectorTabs'),
})

const collectorHealthRoute = createRoute({
  getParentRoute: () => collectorRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./collector/health-page.tsx'), 'HealthPage'),
})

const collectorTargetsRoute = createRoute({
  getParentRoute: () => collectorRoute,
  path: '/targets',
  component: lazyRouteComponent(() => import('./collector/targets-page.tsx'), 'TargetsPage'),
})

const collectorCardinalityRoute = createRoute({
  getParentRoute: () => collectorRoute,
  path: '/cardinality',
  validateSearch: readCardinalitySearch,
  component: lazyRouteComponent(
    () => import('./collector/cardinality-page.tsx'),
    'CardinalityPage',
  ),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    fleetRoute,
    tenantRoute,
    tenantSloRoute,
    slosRoute,
    sloRoute,
    alertsRoute,
    alertRoute,
    budgetReviewsRoute,
    reviewsRoute,
    reviewRoute,
    loadTestsRoute,
    loadTestRoute,
    enginesRoute,
    artefactsRoute,
    collectorRoute.addChildren([
      collectorHealthRoute,
      collectorTargetsRoute,
      collectorCardinalityRoute,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error, reset }) => <ErrorNotice error={error} onRetry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
