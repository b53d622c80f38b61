/**
 * By which labels a write says that another one sends the same: two servers of one configuration
 * that scrape the same targets, each naming itself in its external labels. Source: the labels and
 * the failover that Cortex and Mimir have made usual.
 */
export interface HaRules {
  /** Names what is sent twice. Stays part of every series. */
  readonly clusterLabel: string
  /** Names the sender. No part of any series: all replicas of a cluster feed the same ones. */
  readonly replicaLabel: string
  /** After how long without a write of the elected replica another one is elected. */
  readonly failoverSeconds: number
}

export const DEFAULT_HA_RULES: HaRules = {
  clusterLabel: 'cluster',
  replicaLabel: '__replica__',
  failoverSeconds: 30,
}

/** Tells whether rules are those that hold where none are given. */
export function isDefaultHa({ clusterLabel, replicaLabel, failoverSeconds }: HaRules): boolean {
  return (
    clusterLabel === DEFAULT_HA_RULES.clusterLabel &&
    replicaLabel === DEFAULT_HA_RULES.replicaLabel &&
    failoverSeconds === DEFAULT_HA_RULES.failoverSeconds
  )
}
