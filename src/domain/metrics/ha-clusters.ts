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
 * A cluster that no replica has written for is forgotten after the span after which a series is
 * (`retire.ts`): what was left to anybody before is then too old to be taken. A write that comes
 * later finds a new cluster, whether that was forgotten by then or not, so that no figure depends
 * on when it is done.
 *
 * Source: the HA tracker of Cortex and Mimir, for the election and the 30 seconds.
 */
import { SECOND_MS } from '../../core/time.ts'
import { takenChunk, type TakenChunk } from './columns.ts'
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

type HaLimits = Pick<
  MetricLimits,
  'haClusters' | 'haClustersOfPlatform' | 'ageSeconds' | 'futureSeconds'
>

export class HaClusters {
  /** By number. Null: forgotten, and the number is free. */
  readonly #all: (HaCluster | null)[] = []
  readonly #free: number[] = []
  /** By write context and name. */
  readonly #numbers = new Map<string, number>()
  readonly #ofContext = new Map<number, number>()
  readonly #changed = new Set<number>()
  /** Those that the present write names. */
  readonly #named = new Set<number>()
  readonly #limits: HaLimits
  readonly #spanMs: number
  #atMs = 0

  constructor(limits: HaLimits) {
    this.#limits = limits
    this.#spanMs = (2 * limits.ageSeconds + limits.futureSeconds) * SECOND_MS
  }

  /** Those that are known, in the order of their numbers. */
  list(): HaCluster[] {
    return this.#all.filter((cluster) => cluster !== null)
  }

  get size(): number {
    return this.#numbers.size
  }

  /** Starts a write that was received at a time. */
  begin(receivedAtMs: number): void {
    this.#atMs = receivedAtMs
    this.#named.clear()
  }

  /** Forgets the clusters that were silent for long, but those that the present write names. */
  forget(nowMs: number): number {
    let forgotten = 0
    for (const [number, cluster] of this.#all.entries()) {
      if (cluster === null || this.#named.has(number) || !this.#isOver(cluster, nowMs)) continue
      this.#remove(number, cluster)
      forgotten += 1
    }
    return forgotten
  }

  /** Tells the number of a cluster and gives it one when it is new; undefined past the limit. */
  number(context: number, name: string, ofTenant: boolean): number | undefined {
    const known = this.#numbers.get(`${context}/${name}`)
    const number = known ?? this.#newNumber(context, ofTenant)
    if (number === undefined) return undefined
    this.#named.add(number)
    if (known !== undefined) return known
    this.#put(number, {
      context,
      name,
      elected: null,
      electedAtMs: 0,
      heardAtMs: this.#atMs,
      sampleAtMs: 0,
      handoverMs: 0,
      failovers: 0,
      replicas: [],
    })
    this.#changed.add(number)
    return number
  }

  /** Hears a write of a replica and tells what of it counts. */
  judge(number: number, replica: string, receivedAtMs: number, failoverSeconds: number): HaVerdict {
    const cluster = this.#all[number]!
    this.#changed.add(number)
    if (this.#isOver(cluster, receivedAtMs)) beginAnew(cluster)
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
    const cluster = this.#all[number]!
    const { elected, heardAtMs } = cluster
    if (this.#isOver(cluster, receivedAtMs)) return true
    const silentMs = receivedAtMs - Math.min(heardAtMs, receivedAtMs)
    return elected === null || elected === replica || silentMs > failoverSeconds * SECOND_MS
  }

  /** Notes what became of a write that was judged. */
  note(
    number: number,
    replica: string,
    counts: { received: number; notElected: number; newestMs: number },
  ): void {
    const cluster = this.#all[number]!
    const known = cluster.replicas.find(({ name }) => name === replica)
    if (known !== undefined) {
      known.received += counts.received
      known.notElected += counts.notElected
    }
    if (cluster.elected !== replica) return
    const newestMs = Math.min(counts.newestMs, cluster.heardAtMs)
    if (newestMs > cluster.sampleAtMs) cluster.sampleAtMs = newestMs
  }

  takeChanged(): TakenChunk[] {
    const taken = [...this.#changed].map((index) =>
      takenChunk(index, Buffer.from(JSON.stringify(this.#all[index]))),
    )
    this.#changed.clear()
    return taken
  }

  markChunk(index: number): void {
    this.#changed.add(index)
  }

  /** Puts back a cluster, or the place of one that was forgotten. They come in order. */
  restoreChunk(index: number, bytes: Uint8Array): void {
    const cluster = JSON.parse(Buffer.from(bytes).toString()) as HaCluster | null
    if (cluster !== null) {
      this.#put(index, cluster)
      return
    }
    this.#all[index] = null
    this.#free.push(index)
  }

  /** Room is made of what is over, in the same order in each replay. Undefined past the limit. */
  #newNumber(context: number, ofTenant: boolean): number | undefined {
    const { haClusters, haClustersOfPlatform } = this.#limits
    const limit = ofTenant ? haClusters : haClustersOfPlatform
    if ((this.#ofContext.get(context) ?? 0) >= limit) this.forget(this.#atMs)
    if ((this.#ofContext.get(context) ?? 0) >= limit) return undefined
    return this.#free.pop() ?? this.#all.length
  }

  #isOver(cluster: HaCluster, nowMs: number): boolean {
    const heardAtMs = cluster.replicas.map((replica) => replica.heardAtMs)
    return nowMs - Math.max(cluster.heardAtMs, ...heardAtMs) > this.#spanMs
  }

  #remove(number: number, { context, name }: HaCluster): void {
    this.#all[number] = null
    this.#free.push(number)
    this.#numbers.delete(`${context}/${name}`)
    this.#ofContext.set(context, this.#ofContext.get(context)! - 1)
    this.#changed.add(number)
  }

  #put(number: number, cluster: HaCluster): void {
    const { context, name } = cluster
    this.#all[number] = cluster
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

function beginAnew(cluster: HaCluster): void {
  cluster.elected = null
  cluster.electedAtMs = 0
  cluster.sampleAtMs = 0
  cluster.handoverMs = 0
  cluster.failovers = 0
  cluster.replicas = []
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
