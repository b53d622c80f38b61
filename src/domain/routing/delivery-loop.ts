/** Keeps one channel's deliverer at work: rounds while there is something due, then sleep until the
 *  next is due or somebody wakes it. */
import type { Clock, Counters, Log } from '../../core/ports.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { ChannelDeliverer } from './deliver.ts'

export interface LoopDeps {
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}

export class DeliveryLoop {
  readonly #deps: LoopDeps
  readonly #deliverer: ChannelDeliverer
  #wake = new AbortController()
  #stopped = false

  constructor(deps: LoopDeps, deliverer: ChannelDeliverer) {
    this.#deps = deps
    this.#deliverer = deliverer
  }

  /** Looks at once, or right after the round under way. */
  wake(): void {
    this.#wake.abort()
  }

  stop(): void {
    this.#stopped = true
    this.#wake.abort()
  }

  /** Runs until it is stopped. Never rejects: a round that fails is told, counted, and followed by
   *  another. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#wake = new AbortController()
      const waitMs = await this.#roundThenWaitMs()
      // A channel that answers at once would otherwise leave no turn to anything else.
      await this.#deps.clock.sleep(this.#wake.signal.aborted ? 0 : waitMs, this.#wake.signal)
    }
  }

  async #roundThenWaitMs(): Promise<number> {
    const { clock, counters, log } = this.#deps
    try {
      const attempts = await this.#deliverer.round(clock.nowMs())
      return attempts > 0 || this.#stopped ? 0 : this.#deliverer.waitMs(clock.nowMs())
    } catch (error) {
      counters.add('tenantry_deliverer_failures_total', 1)
      log.error({ error }, 'a round of deliveries failed')
      return SECOND_MS
    }
  }
}
