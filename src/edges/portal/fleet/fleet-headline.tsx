import type { ReactNode } from 'react'
import type { FleetBody } from '../../http/api/fleet.schema.ts'
import type { Tone } from '../format/slo-condition.ts'
import { FreshnessNote } from '../ui/freshness-note.tsx'
import { Headline } from '../ui/headline.tsx'
import type { IconName } from '../ui/icon-paths.ts'

/** The answer in words, and how old it is. */
export function FleetHeadline({ fleet, ageMs }: { fleet: FleetBody; ageMs: number }): ReactNode {
  const { tone, icon } = mood(fleet)
  return (
    <Headline tone={tone} icon={icon} note={<FreshnessNote asOfMs={fleet.asOfMs} ageMs={ageMs} />}>
      {fleet.sentence}
    </Headline>
  )
}

function mood({ cards }: FleetBody): { tone: Tone; icon: IconName } {
  if (cards.burningFast > 0) return { tone: 'bad', icon: 'flame' }
  if (cards.budgetsExhausted > 0) return { tone: 'bad', icon: 'spent' }
  if (cards.openAlerts > 0) return { tone: 'warning', icon: 'bell' }
  if (cards.tenants === 0) return { tone: 'quiet', icon: 'pause' }
  return { tone: 'good', icon: 'check' }
}
