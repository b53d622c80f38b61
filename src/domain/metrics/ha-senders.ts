/**
 * Which replica sent which of the samples of a request, noted while it is walked: stretches of
 * entries, nearly always one. Whether they count is decided later, when the request is counted,
 * because it depends on the time of receipt.
 */
import { LabelPair, type LabelWire } from '../../machinery/wire/label-pair.ts'
import type { Scratch } from '../../machinery/wire/scratch.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import type { HaClusters } from './ha-clusters.ts'
import { DEFAULT_HA_RULES, type HaRules } from './ha-rules.ts'
import type { Refusal } from './label-checks.ts'
import type { MetricLimits } from './limits.ts'

export interface HaSender {
  /** Number of the cluster; -1 for who names no replica. */
  readonly cluster: number
  readonly replica: string
  /** Why none of its samples can be counted. */
  readonly refusal?: Refusal
  /** Samples of it that are not kept, by the code of reason and tenant. */
  readonly refused: Map<number, number>
  /** Native histograms among them. */
  histogramsRefused: number
}

export interface HaStretch {
  /** The first entry of the stretch; it goes on to the next one. */
  readonly fromEntry: number
  readonly sender: number
}

/** Who names no replica. */
export const NO_SENDER = 0

export class HaSenders {
  /** The first one names no replica. */
  readonly list: HaSender[] = []
  /** Empty where nobody named a replica. What comes before the first one has no sender. */
  readonly stretches: HaStretch[] = []
  /** Whose entries are being pushed. */
  current = NO_SENDER
  readonly #clusters: HaClusters
  readonly #limits: MetricLimits
  #rules = DEFAULT_HA_RULES
  #pair = new LabelPair(DEFAULT_HA_RULES.clusterLabel, DEFAULT_HA_RULES.replicaLabel)
  #found = NO_SENDER
  #context = 0
  #isTenants = false

  constructor(clusters: HaClusters, limits: MetricLimits) {
    this.#clusters = clusters
    this.#limits = limits
  }

  get rules(): HaRules {
    return this.#rules
  }

  /** Whose refusals are counted now. */
  get sender(): HaSender {
    return this.list[this.current]!
  }

  /** What a series is called without its replica, once `find` found one. Holds until the next. */
  get rest(): Scratch {
    return this.#pair.rest
  }

  /** Starts a request. */
  begin(context: number, isTenants: boolean, rules: HaRules): void {
    const { clusterLabel, replicaLabel } = rules
    if (clusterLabel !== this.#rules.clusterLabel || replicaLabel !== this.#rules.replicaLabel) {
      this.#pair = new LabelPair(clusterLabel, replicaLabel)
    }
    this.#rules = rules
    this.#context = context
    this.#isTenants = isTenants
    this.#pair.forget()
    this.list.length = 0
    this.#add({ cluster: -1, replica: '' })
    this.stretches.length = 0
    this.current = NO_SENDER
  }

  /** Tells who sent a series, by its labels. */
  find(bytes: Uint8Array, start: number, end: number, wire: LabelWire): number {
    const pair = this.#pair
    if (!pair.read(bytes, start, end, wire)) return NO_SENDER
    if (pair.isNew) this.#found = this.#number()
    return this.#found
  }

  /** Says that the entries from here on are of another sender, or of the same. */
  turn(sender: number, entry: number): void {
    if (sender === this.current) return
    this.current = sender
    const last = this.stretches.at(-1)
    if (last?.fromEntry === entry) this.stretches.pop()
    this.stretches.push({ fromEntry: entry, sender })
  }

  #number(): number {
    const read = this.#read()
    if (read.refusal !== undefined) return this.#add(read)
    const known = this.list.findIndex(
      ({ cluster, replica }) => cluster === read.cluster && replica === read.replica,
    )
    return known < 0 ? this.#add(read) : known
  }

  #read(): Pick<HaSender, 'cluster' | 'replica' | 'refusal'> {
    const none = { cluster: -1, replica: '' }
    const { labelValueBytes } = this.#limits
    if (this.#pair.longestBytes > labelValueBytes) {
      const text = `a cluster or replica over the limit labelValueBytes of ${labelValueBytes}`
      return { ...none, refusal: { reason: 'labels-too-long', text } }
    }
    try {
      const [name, replica] = this.#pair.texts()
      const cluster = this.#clusters.number(this.#context, name, this.#isTenants)
      if (cluster !== undefined) return { cluster, replica }
      const limit = this.#isTenants ? 'haClusters' : 'haClustersOfPlatform'
      const text = `cluster ${JSON.stringify(name)} over the limit ${limit} of ${this.#limits[limit]}`
      return { ...none, refusal: { reason: 'ha-cluster-limit', text } }
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      return { ...none, refusal: { reason: 'invalid-labels', text: error.message } }
    }
  }

  #add(sender: Pick<HaSender, 'cluster' | 'replica' | 'refusal'>): number {
    return this.list.push({ ...sender, refused: new Map(), histogramsRefused: 0 }) - 1
  }
}
