/** The tiers that an objective may differ by. */
export const SLO_TIERS = ['starter', 'professional', 'enterprise'] as const
export type SloTier = (typeof SLO_TIERS)[number]
export type ByTier<T> = Readonly<Record<SloTier, T>>

/** Says the same for every tier. */
export function forEveryTier<T>(value: T): ByTier<T> {
  return { starter: value, professional: value, enterprise: value }
}
