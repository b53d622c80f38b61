import type { FleetRowBody } from '../../http/api/fleet.schema.ts'

const WORDS = {
  enterprise: 'Enterprise',
  professional: 'Professional',
  starter: 'Starter',
} as const

/** Names a tier for a reader. */
export function tierWord(tier: FleetRowBody['tier']): string {
  return WORDS[tier]
}
