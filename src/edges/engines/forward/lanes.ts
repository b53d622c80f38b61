/**
 * What waits for one target, as lanes: a lane sends one request at a time, so the samples of a
 * series, which always go into the same lane, arrive in their order. A lane is a shard of all
 * tenants, or of one where a request is one tenant's alone. A tenant begins with one lane; when
 * that falls behind it gets as many as there are shards, which wait for the first to run empty.
 */
import { Batch } from './batch.ts'

/** Full batches that wait before a tenant's lane is split. */
const BEHIND_BATCHES = 2

export interface Lane {
  /** Whose all of it is; -1 for many tenants. */
  readonly tenant: number
  /** Nothing is sent before this one is empty. */
  after: Lane | null
  queue: Batch[]
  /** What is being filled. */
  open: Batch | null
  isBusy: boolean
  /** In the order of turns. */
  isReady: boolean
  /** Failures in a row, and until when it waits. */
  failures: number
  notBeforeMs: number
}

export interface LaneOptions {
  readonly isByTenant: boolean
  readonly shards: number
  readonly maxSamplesPerSend: number
  readonly flushAfterMs: number
}

const ALL_TENANTS = -1

export class Lanes {
  /** Lanes that hold something. */
  readonly active = new Set<Lane>()
  queuedBytes = 0
  queuedSamples = 0
  readonly #options: LaneOptions
  readonly #byTenant = new Map<number, Lane[]>()
  readonly #ready: Lane[] = []

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Finds the lane of a series. */
  laneOf(tenant: number, hash: number): Lane {
    const { isByTenant, shards } = this.#options
    const key = isByTenant ? tenant : ALL_TENANTS
    let lanes = this.#byTenant.get(key)
    if (lanes === undefined) {
      lanes = Array.from({ length: isByTenant ? 1 : shards }, () => newLane(key, null))
      this.#byTenant.set(key, lanes)
    }
    return lanes[hash % lanes.length]!
  }

  /** Gives the batch that a sample of a lane goes into next. */
  openBatch(lane: Lane, nowMs: number): Batch {
    this.active.add(lane)
    lane.open ??= new Batch(nowMs)
    return lane.open
  }

  /** Closes the batch of a lane that is full. Called after each sample. */
  pushed(lane: Lane, nowMs: number): void {
    const batch = lane.open!
    this.queuedBytes += batch.newBytes()
    this.queuedSamples += 1
    if (batch.count < this.#options.maxSamplesPerSend) return
    this.#close(lane)
    this.#offer(lane, nowMs)
  }

  /** Lets no lane of a tenant send before a time. */
  hold(tenant: number, untilMs: number): void {
    for (const lane of this.#byTenant.get(tenant) ?? []) {
      lane.notBeforeMs = Math.max(lane.notBeforeMs, untilMs)
    }
  }

  /** Lists what a lane holds beyond an amount of memory while its engine holds it up: whole
   *  batches, the first one left where it is. */
  *held(bytes: number, nowMs: number): Generator<Batch> {
    for (const { tenant, queue, after, notBeforeMs } of this.active) {
      const heldUntilMs = Math.max(notBeforeMs, after?.notBeforeMs ?? 0)
      if (tenant === ALL_TENANTS || heldUntilMs <= nowMs) continue
      if (queue.reduce((sum, batch) => sum + batch.bytes, 0) <= bytes) continue
      for (const batch of queue.slice(1)) if (batch.spilled === null) yield batch
    }
  }

  /** Lists what lanes of single tenants hold that wait for a time, closed and whole. */
  *waiting(nowMs: number): Generator<Batch> {
    for (const lane of this.active) {
      const { tenant, after, notBeforeMs, isBusy } = lane
      const heldUntilMs = Math.max(notBeforeMs, after?.notBeforeMs ?? 0)
      if (tenant === ALL_TENANTS || isBusy || heldUntilMs <= nowMs) continue
      if (lane.open !== null) this.#close(lane)
      for (const batch of lane.queue) if (batch.isWhole() && batch.spilled === null) yield batch
    }
  }

  /** Tells whether nothing waits but on the disk. */
  isOnDisk(): boolean {
    for (const { isBusy, open, queue } of this.active) {
      if (isBusy || open !== null || queue.some(({ spilled }) => spilled === null)) return false
    }
    return true
  }

  /** Closes what waited long enough, and gives lanes their turn whose time has come. */
  sweep(nowMs: number, isClosing = false): void {
    for (const lane of this.active) {
      const isDue =
        lane.open !== null &&
        (isClosing || nowMs - lane.open.openedAtMs >= this.#options.flushAfterMs)
      if (isDue && lane.queue.length === 0) this.#close(lane)
      this.#offer(lane, nowMs)
    }
  }

  /** Takes the next lane that may send now. */
  take(nowMs: number): Lane | null {
    for (let lane = this.#ready.shift(); lane !== undefined; lane = this.#ready.shift()) {
      lane.isReady = false
      if (!this.#mayGo(lane, nowMs)) continue
      lane.isBusy = true
      return lane
    }
    return null
  }

  /** Says that a lane's request has ended. What is settled of its first batch was taken out. */
  ended(lane: Lane, nowMs: number): void {
    lane.isBusy = false
    this.#offer(lane, nowMs)
    if (lane.queue.length === 0 && lane.open === null) this.active.delete(lane)
  }

  /** Takes the first batch out of a lane: it is settled. */
  shift(lane: Lane): Batch {
    const batch = lane.queue.shift()!
    this.queuedBytes -= batch.bytes
    this.queuedSamples -= batch.count
    return batch
  }

  #close(lane: Lane): void {
    const { shards, isByTenant } = this.#options
    lane.open!.close()
    lane.queue.push(lane.open!)
    lane.open = null
    if (isByTenant && shards > 1 && lane.queue.length > BEHIND_BATCHES) this.#split(lane)
  }

  #split(lane: Lane): void {
    const { shards } = this.#options
    if (this.#byTenant.get(lane.tenant)!.length > 1) return
    const next = Array.from({ length: shards }, () => newLane(lane.tenant, lane))
    this.#byTenant.set(lane.tenant, next)
  }

  #offer(lane: Lane, nowMs: number): void {
    if (lane.isReady || !this.#mayGo(lane, nowMs)) return
    lane.isReady = true
    this.#ready.push(lane)
  }

  #mayGo(lane: Lane, nowMs: number): boolean {
    if (lane.isBusy || lane.queue.length === 0 || lane.notBeforeMs > nowMs) return false
    if (lane.after !== null && this.active.has(lane.after)) return false
    lane.after = null
    return true
  }
}

function newLane(tenant: number, after: Lane | null): Lane {
  return {
    tenant,
    after,
    queue: [],
    open: null,
    isBusy: false,
    isReady: false,
    failures: 0,
    notBeforeMs: 0,
  }
}
