import type { CollectorBody } from '../../http/api/collector.schema.ts'
import type { IconName } from '../ui/icon-paths.ts'

export const TONE_ICONS = {
  good: 'check',
  quiet: 'pause',
  warning: 'question',
  bad: 'spent',
} as const satisfies Record<CollectorBody['tone'], IconName>
