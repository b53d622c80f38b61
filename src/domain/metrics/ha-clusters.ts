/**
 * Which replica of each cluster counts. A cluster is a name within a write context: nobody elects
 * for another tenant. The first replica that writes is elected and stays so while it writes; when
 * it has been silent for the failover's time, the next one that writes takes its place. Silence is
 * measured between times of receipt, so the same log always elects the same.
 *
 * What one replica has told, another one must not tell again. Their samples of one scrape differ in
 * time, and a sample is stamped when its scrape begins but read when it ends: so a new replica
 * counts from the last sample of the one before it on, and from a scrape's usual timeout after
 * that. What it sends from before is left to the other one. Counters lose nothing by that: the
 * first sample that counts brings all they gained.
 *
 * Source: the HA tracker of Cortex and Mimir, for the election and the 30 seconds.
 */
import { SECOND_MS } from '../../core/time.ts'
import type { ChunkCopy } from './columns.ts'
import type { MetricLimits } from './limits.ts'

export interface HaReplica {
  readonly name: string
  /** When its last write was received. */
  heardAtMs: number
  /** Samples of it that were received, and those of them that were left to another one. */
  received: number
  notElected: number
}

export interface HaCluster {
  readonly context: number
  readonly name: string
  /** Null before the first write was counted. */
  elected: string | null
  electedAtMs: number
  /** When the last write of the elected one was received. */
  heardAtMs: number
  /** The newest sample of the elected one, and not later than its receipt. */
  sampleAtMs: number
  /** Samples up to this time are left to the one that was elected before. 0 for none. */
  handoverMs: number
  failovers: number
  /** Those that wrote lately; who wrote longest ago is forgotten first. */
  replicas: HaReplica[]
}

export interface HaFailover {
  readonly cluster: string
  readonly from: string
  readonly to: string
}

/** What to take of a write of one replica. */
export interface HaVerdict {
  /** Samples of later times count, others are not elected. Infinity for none, -Infinity for all. */
  readonly afterMs: number
  /** Null in nearly all cases. */
  readonly failover: HaFailover | null
}

/** Remembered of one cluster: two are usual, a rollout leaves some names behind. */
const REMEMBERED_REPLICAS = 16
/** How long a scrape may take: the samples carry its beginning. Prometheus' default timeout. */
const SCRAPE_MS = 10 * SECOND_MS

const ALL: HaVerdict = { afterMs: -Infinity, failover: null }
const NONE: HaVerdict = { afterMs: Infinity, failover: null }

export class HaClusters {
  readonly list: HaCluster[] = []
  /** By write context and name. */
  readonly #numbers = new Map<string, number>()
  readonly #ofContext = new Map<number, number>()
  readonly #changed = new Set<number>()
  readonly #limits: Pick<MetricLimits, 'haClusters' | 'haClustersOfPlatform'>

  constructor(limits: Pick<MetricLimits, 'haClusters' | 'haClustersOfPlatform'>) {
    this.#limits = limits
  }

  /** Tells the number of a cluster and gives it one when it is new; undefined past the limit. */
  number(context: number, name: string, ofTenant: boolean): number | undefined {
    const known = this.#numbers.get(`${context}/${name}`)
    if (known !== undefined) return known
    const clusters = this.#ofContext.get(context) ?? 0
    if (clusters >= this.limitOf(ofTenant)) return undefined
    const number = this.list.length
    this.#put(number, {
      context,
      name,
      elected: null,
      electedAtMs: 0,
      heardAtMs: 0,
      sampleAtMs: 0,
      handoverMs: 0,
      failovers: 0,
      replicas: [],
    })
    this.#changed.add(number)
    return number
  }

  limitOf(ofTenant: boolean): number {
    return ofTenant ? this.#limits.haClusters : this.#limits.haClustersOfPlatform
  }

  /** Hears a write of a replica and tells what of it counts. */
  judge(number: number, replica: string, receivedAtMs: number, failoverSeconds: number): HaVerdict {
    const cluster = this.list[number]!
    this.#changed.add(number)
    this.#hear(cluster, replica, receivedAtMs)
    if (cluster.elected === null) return elect(cluster, replica, receivedAtMs)
    if (cluster.elected === replica) {
      cluster.heardAtMs = receivedAtMs
      return taking(cluster, null)
    }
    // A clock that was set back must not make the silence longer
    cluster.heardAtMs = Math.min(cluster.heardAtMs, receivedAtMs)
    if (receivedAtMs - cluster.heardAtMs <= failoverSeconds * SECOND_MS) return NONE
    const failover = { cluster: cluster.name, from: cluster.elected, to: replica }
    cluster.failovers += 1
    cluster.handoverMs = cluster.sampleAtMs
    elect(cluster, replica, receivedAtMs)
    return taking(cluster, failover)
  }

  /** Tells whether a write of a replica would count, and changes nothing. */
  wouldCount(
    number: number,
    replica: string,
    receivedAtMs: number,
    failoverSeconds: number,
  ): boolean {
    const { elected, heardAtMs } = this.list[number]!
    const silentMs = receivedAtMs - Math.min(heardAtMs, receivedAtMs)
    return elected === null || elected === replica || silentMs > failoverSeconds * SECOND_MS
  }

  /** Notes what became of a write that was judged. */
  note(
    number: number,
    replica: string,
    counts: { received: number; notElected: number; newestMs: number },
  ): void {
    const cluster = this.list[number]!
    const known = cluster.replicas.find(({ name }) => name === replica)
    if (known !== undefined) {
      known.received += counts.received
      known.notElected += counts.notElected
    }
    if (cluster.elected !== replica) return
    const newestMs = Math.min(counts.newestMs, cluster.heardAtMs)
    if (newestMs > cluster.sampleAtMs) cluster.sampleAtMs = newestMs
  }

  takeChanged(): ChunkCopy[] {
    const taken = [...this.#changed].map((index) => ({
      index,
      bytes: Buffer.from(JSON.stringify(this.list[index]!)),
    }))
    this.#changed.clear()
    return taken
  }

  markChunk(index: number): void {
    this.#changed.add(index)
  }

  /** Puts back a cluster. They come in order. */
  restoreChunk(index: number, bytes: Uint8Array): void {
    this.#put(index, JSON.parse(Buffer.from(bytes).toString()) as HaCluster)
  }

  #put(number: number, cluster: HaCluster): void {
    const { context, name } = cluster
    this.list[number] = cluster
    this.#numbers.set(`${context}/${name}`, number)
    this.#ofContext.set(context, (this.#ofContext.get(context) ?? 0) + 1)
  }

  #hear(cluster: HaCluster, name: string, receivedAtMs: number): void {
    const known = cluster.replicas.find((replica) => replica.name === name)
    if (known !== undefined) {
      known.heardAtMs = receivedAtMs
      return
    }
    cluster.replicas.push({ name, heardAtMs: receivedAtMs, received: 0, notElected: 0 })
    if (cluster.replicas.length <= REMEMBERED_REPLICAS) return
    const others = cluster.replicas.filter((replica) => replica.name !== name)
    const oldest = others.reduce((a, b) => (b.heardAtMs < a.heardAtMs ? b : a))
    cluster.replicas = cluster.replicas.filter((replica) => replica !== oldest)
  }
}

function elect(cluster: HaCluster, replica: string, receivedAtMs: number): HaVerdict {
  cluster.elected = replica
  cluster.electedAtMs = receivedAtMs
  cluster.heardAtMs = receivedAtMs
  return ALL
}

function taking({ handoverMs }: HaCluster, failover: HaFailover | null): HaVerdict {
  return { afterMs: handoverMs === 0 ? -Infinity : handoverMs + SCRAPE_MS, failover }
}
