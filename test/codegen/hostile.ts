/** An SLO whose texts break whoever does not escape: for every target. */
import type { SloSpec } from '../../src/domain/slo/model/slo-spec.ts'

export const HOSTILE_TITLE =
  '"quoted" \'and\' \\back\n---\nkey: [value] {{ .Labels.secret }} }} $value ${x} 💥 # no comment'

/** A secret that somebody left where an SLO keeps what other formats said. */
export const CANARY = 'canary-7d9f8b6c5d'

export const HOSTILE_SLO: SloSpec = {
  sloId: 'hostile',
  title: HOSTILE_TITLE,
  description: HOSTILE_TITLE,
  labels: { note: CANARY },
  annotations: { note: CANARY },
  indicator: {
    kind: 'event-ratio',
    bad: {
      metric: 'app_requests_total',
      where: [{ label: 'route', op: '=', value: '/a"b\\c\n{{x}}💥' }],
    },
    total: { metric: 'app_requests_total' },
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99.9 }],
}
