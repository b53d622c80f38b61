/**
 * Whose work is next: deficit round robin between owners. An owner whose work has just come goes
 * before those that have some waiting, until it has used its share: so what comes now and then
 * never waits behind a burst, and a burst delays only its owner. What work costs is known when it
 * is done; who used more than a share is passed over until that is made up for.
 * Pure. Units: a share and costs in milliseconds.
 * Source: M. Shreedhar, G. Varghese, Efficient Fair Queuing Using Deficit Round Robin (1995); new
 * owners first as in RFC 8290, section 4.2.
 */
export interface NextWork<Work> {
  readonly owner: string
  readonly work: Work
}

interface OwnerQueue<Work> {
  readonly owner: string
  /** What is left of its share. Below 0: what it used of the next ones. */
  credit: number
  readonly waiting: Work[]
}

export class FairQueue<Work> {
  readonly #share: number
  readonly #queues = new Map<string, OwnerQueue<Work>>()
  /** Owners whose work has just come, then all others; each list in the order of their turns. */
  readonly #fresh: OwnerQueue<Work>[] = []
  readonly #settled: OwnerQueue<Work>[] = []
  #size = 0

  constructor(share: number) {
    this.#share = share
  }

  /** How much work waits. */
  get size(): number {
    return this.#size
  }

  push(owner: string, work: Work): void {
    let queue = this.#queues.get(owner)
    if (queue === undefined) {
      queue = { owner, credit: this.#share, waiting: [] }
      this.#queues.set(owner, queue)
      this.#fresh.push(queue)
    }
    queue.waiting.push(work)
    this.#size += 1
  }

  /** Takes the work whose turn it is. Undefined when none waits. */
  next(): NextWork<Work> | undefined {
    for (;;) {
      const list = this.#fresh.length > 0 ? this.#fresh : this.#settled
      const queue = list[0]
      if (queue === undefined) return undefined
      if (queue.credit <= 0) {
        queue.credit += this.#share
        list.shift()
        this.#settled.push(queue)
      } else {
        const work = queue.waiting.shift()
        if (work !== undefined) {
          this.#size -= 1
          return { owner: queue.owner, work }
        }
        this.#retire(list, queue)
      }
    }
  }

  /** Says what work of an owner cost. */
  charge(owner: string, cost: number): void {
    const queue = this.#queues.get(owner)
    if (queue !== undefined) queue.credit -= cost
  }

  /** A fresh owner without work goes to the end of the others, so that it is not fresh at once. */
  #retire(list: OwnerQueue<Work>[], queue: OwnerQueue<Work>): void {
    list.shift()
    if (list === this.#fresh && this.#settled.length > 0) this.#settled.push(queue)
    else this.#queues.delete(queue.owner)
  }
}
