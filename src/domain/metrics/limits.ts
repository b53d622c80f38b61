/**
 * How much of anything the metrics stage takes on, whoever sends it; what each tenant may send
 * stands in its quotas. Each row: the default and why it is that.
 */
export interface MetricLimits {
  /** Series that no tenant claims. */
  readonly unattributedSeries: number
  /** Labels or attributes of one series, resource attributes included. */
  readonly labelsPerSeries: number
  readonly labelNameBytes: number
  readonly labelValueBytes: number
  /** Raw bytes of one series' labels, one resource or one metric's name and unit. */
  readonly keyBytes: number
  /** Buckets of one classic histogram, the one without an upper bound included. */
  readonly bucketsPerHistogram: number
  /**
   * Other orders of attributes that are remembered as names of known series, all together. Past it
   * they are sorted each time.
   */
  readonly aliases: number
  /** Samples later than the receiver's clock by more than this are refused. */
  readonly futureSeconds: number
  /** Samples older than this are refused, and no counter is continued over a longer gap. */
  readonly ageSeconds: number
  /** Combinations of the values of dimensions that are told apart, over all tenants. */
  readonly dimensionCombinations: number
  /** Longer values of dimensions are cut. */
  readonly dimensionValueCharacters: number
  /** How long a series without a sample still counts as live. */
  readonly staleSeconds: number
  /** How long the better source of a signal may be silent before the next one takes over. */
  readonly sourceSilenceSeconds: number
  /** How long a bucket waits for series that are late. */
  readonly settleSeconds: number
  /** Clusters of replicas that writers of one tenant may name. */
  readonly haClusters: number
  /** Clusters that writers may name whose key and header name no tenant. */
  readonly haClustersOfPlatform: number
}

export const DEFAULT_METRIC_LIMITS: MetricLimits = {
  unattributedSeries: 50_000, // enough to find out whose they are, too few to crowd out tenants
  labelsPerSeries: 64, // OpenTelemetry resources alone often carry 20; Mimir allows 30
  labelNameBytes: 1_024, // Mimir's default
  labelValueBytes: 4_096, // twice Mimir's default: resource attributes hold command lines
  keyBytes: 65_536, // one key must fit one chunk of the byte table
  bucketsPerHistogram: 200, // the widest default layouts have 20
  aliases: 100_000, // an order more for 100,000 series; ten attributes have 3.6 million
  futureSeconds: 600, // Prometheus refuses at ten minutes
  ageSeconds: 86_400, // a collector's queue over a day of outage still counts
  dimensionCombinations: 100_000, // 100 a tenant for 1,000 tenants; about 1 KB each
  dimensionValueCharacters: 120, // routes and versions are shorter; anything else is not one
  staleSeconds: 300, // Prometheus' lookback
  sourceSilenceSeconds: 600, // ten missed intervals of the slowest usual sender
  settleSeconds: 15, // one usual interval
  haClusters: 100, // Mimir's default for one tenant
  haClustersOfPlatform: 1_000, // a pair in each of a large operator's Kubernetes clusters
}
