/** Why samples are not counted. Closed sets: they are label values of Tenantry's own metrics. */
export const DISCARD_REASONS = [
  'tenant-mismatch',
  'rate-limit',
  'request-samples',
  'series-limit',
  'new-series-limit',
  'label-limit',
  'labels-too-long',
  'invalid-labels',
  'bucket-limit',
  'invalid-histogram',
  'not-a-number',
  'not-a-ratio',
  'negative-counter',
  'too-far-in-future',
  'too-old',
  'out-of-order',
  'duplicate-timestamp',
  'overlap',
  'native-histogram',
  'invalid-summary',
  'no-value',
  'ha-cluster-limit',
] as const
export type DiscardReason = (typeof DISCARD_REASONS)[number]

/** Why a sample belongs to no tenant. */
export const UNATTRIBUTED_REASONS = ['no-tenant-label', 'unknown-tenant'] as const
export type UnattributedReason = (typeof UNATTRIBUTED_REASONS)[number]
