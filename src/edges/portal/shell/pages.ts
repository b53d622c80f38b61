/** The pages that exist, in the order of the navigation. */
import type { IconName } from '../ui/icon-paths.ts'

export const PAGES = [
  { to: '/', label: 'Fleet', icon: 'fleet', keys: 'g f' },
  { to: '/slos', label: 'SLOs', icon: 'target', keys: 'g s' },
  { to: '/alerts', label: 'Alerts', icon: 'bell', keys: 'g a' },
  { to: '/budget-reviews', label: 'Budget reviews', icon: 'ticket', keys: 'g b' },
  { to: '/reviews', label: 'SLO reviews', icon: 'report', keys: 'g r' },
  { to: '/load-tests', label: 'Load tests', icon: 'gauge', keys: 'g l' },
  { to: '/collector', label: 'Collector', icon: 'intake', keys: 'g c' },
  { to: '/engines', label: 'Engines', icon: 'handover', keys: 'g e' },
  { to: '/artefacts', label: 'Artefacts', icon: 'files', keys: 'g x' },
] as const satisfies readonly { to: string; label: string; icon: IconName; keys: string }[]
