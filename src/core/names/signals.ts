/** The measures of a tenant: their names, kinds and units. */
export interface SignalRow {
  /** A count that only rises, or a present value. */
  readonly kind: 'counter' | 'gauge'
  readonly unit: string
  /** What else tells the cells of the signal apart: a status class, or the bound of a bucket. */
  readonly by?: 'status' | 'bucket'
}

/**
 * The measures that Tenantry knows, with the unit that each is kept in. The guide's list:
 * utilisation, performance, user experience. Dependency calls are those that a tenant's services
 * make themselves, of databases, other services and queues: never part of what they serve. A user's
 * duration is what a browser or another client at the user's end measured. Of a ratio that is
 * measured as such time is counted: its share of what a sample covers is 5xx of an error ratio and
 * 2xx of a success ratio, the rest is the other.
 */
export const SIGNALS = {
  requests: { kind: 'counter', unit: 'requests', by: 'status' },
  duration: { kind: 'counter', unit: 'requests', by: 'bucket' },
  duration_sum: { kind: 'counter', unit: 'seconds' },
  active_requests: { kind: 'gauge', unit: 'requests' },
  api_calls: { kind: 'counter', unit: 'calls' },
  probes: { kind: 'counter', unit: 'probes', by: 'status' },
  user_duration: { kind: 'counter', unit: 'observations', by: 'bucket' },
  user_duration_sum: { kind: 'counter', unit: 'seconds' },
  active_users: { kind: 'gauge', unit: 'users' },
  error_ratio: { kind: 'counter', unit: 'microseconds', by: 'status' },
  success_ratio: { kind: 'counter', unit: 'microseconds', by: 'status' },
  dependency_calls: { kind: 'counter', unit: 'calls', by: 'status' },
  dependency_duration_sum: { kind: 'counter', unit: 'seconds' },
  cpu: { kind: 'counter', unit: 'seconds' },
  memory: { kind: 'gauge', unit: 'bytes' },
  storage: { kind: 'gauge', unit: 'bytes' },
  network_in: { kind: 'counter', unit: 'bytes' },
  network_out: { kind: 'counter', unit: 'bytes' },
} as const satisfies Readonly<Record<string, SignalRow>>
export type SignalName = keyof typeof SIGNALS
export const SIGNAL_NAMES = Object.keys(SIGNALS) as SignalName[]

/** Gauges of a share, of which time is counted. */
export const RATIO_SIGNALS = ['error_ratio', 'success_ratio'] as const
export type RatioSignal = (typeof RATIO_SIGNALS)[number]

/** By these names they are known without a mapping. */
export const RATIO_METRICS = {
  error_ratio: 'tenantry_error_ratio',
  success_ratio: 'tenantry_success_ratio',
} as const satisfies Record<RatioSignal, string>

export function isRatioSignal(signal: string | undefined): signal is RatioSignal {
  return RATIO_SIGNALS.some((name) => name === signal)
}
