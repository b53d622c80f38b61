/** The pages that exist, in the order of the navigation, with what it takes to see each. */
import type { IconName } from '../ui/icon-paths.ts'

export const PAGES = [
  { to: '/', label: 'Fleet', icon: 'fleet', keys: 'g f', needs: 'slo:read' },
  { to: '/slos', label: 'SLOs', icon: 'target', keys: 'g s', needs: 'slo:read' },
  { to: '/alerts', label: 'Alerts', icon: 'bell', keys: 'g a', needs: 'alerts:read' },
  {
    to: '/budget-reviews',
    label: 'Budget reviews',
    icon: 'ticket',
    keys: 'g b',
    needs: 'slo:read',
  },
  { to: '/reviews', label: 'SLO reviews', icon: 'report', keys: 'g r', needs: 'slo:read' },
  { to: '/load-tests', label: 'Load tests', icon: 'gauge', keys: 'g l', needs: 'slo:read' },
  { to: '/collector', label: 'Collector', icon: 'intake', keys: 'g c', needs: 'telemetry:read' },
  { to: '/engines', label: 'Engines', icon: 'handover', keys: 'g e', needs: 'engines:read' },
  { to: '/artefacts', label: 'Artefacts', icon: 'files', keys: 'g x', needs: 'telemetry:read' },
] as const satisfies readonly Page[]

interface Page {
  readonly to: string
  readonly label: string
  readonly icon: IconName
  readonly keys: string
  readonly needs: string
}
