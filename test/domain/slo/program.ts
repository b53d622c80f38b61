/** The metrics stage and the SLO engine over one bulk file, as the program runs them: writes in,
 *  ticks, checkpoints and restarts, for one tenant, acme. */
import { tenantId } from '../../../src/core/ids.ts'
import type { SloBook } from '../../../src/domain/slo/model/slo-book.ts'
import { openSlo, type Slo, type SloStatus } from '../../../src/domain/slo/slo.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { rollUp } from '../../../src/pipeline.ts'
import { openBench, silentLog, type Bench } from '../metrics/writing.ts'

const acme = tenantId('acme')

export class Program {
  readonly bulk = openBulkInline({ directory: ':memory:' })
  readonly book: SloBook
  bench: Bench
  slo: Slo
  #nowMs = 0
  #position = 0

  constructor(book: SloBook) {
    this.book = book
    this.bench = openBench({ bulk: this.bulk })
    this.slo = this.#open()
  }

  tick(nowMs: number, settledToMs = nowMs): void {
    const { metrics } = this.bench
    this.#nowMs = nowMs
    rollUp({ metrics, slo: this.slo }, nowMs)
    this.slo.beginEvaluation(
      nowMs,
      () => settledToMs,
      () => nowMs,
    )
    while (!this.slo.evaluateSlice(() => false));
    metrics.closeMinute(nowMs)
  }

  async checkpoint(): Promise<void> {
    const { metrics } = this.bench
    rollUp({ metrics, slo: this.slo }, this.#nowMs)
    const writes = [...metrics.checkpoint().writes, ...this.slo.checkpoint().writes]
    this.#position += 1
    await this.bulk.commit({ file: 'shared', logPosition: this.#position, writes })
    metrics.confirm(true)
    this.slo.confirm(true)
  }

  /** Goes on from the last checkpoint. */
  restart(): void {
    this.bench = openBench({ bulk: this.bulk })
    this.slo = this.#open()
    this.bench.metrics.restore()
    this.slo.restore()
    this.slo.learn(this.bench.metrics.cells())
  }

  status(sloId: string): SloStatus {
    return this.slo.status(acme).find((status) => status.sloId === sloId)!
  }

  #open(): Slo {
    return openSlo({
      bulk: this.bulk,
      tenants: {
        active: () => [{ tenantId: acme, tier: 'enterprise', name: 'Acme' }],
        generation: () => 1,
      },
      book: this.book,
      signals: this.bench.metrics,
      log: silentLog,
      counters: this.bench.counters,
    })
  }
}
