/**
 * The keys of everything that is recognised by its bytes, one table a kind, each in the context of
 * the one above: write context > remote-write labels > series, and write context > OTLP resource >
 * metric > attributes > series.
 */
import { ByteTable } from './byte-table.ts'
import type { OtlpPlace } from './description.ts'
import { Words } from './words.ts'
import type { WriteContext } from './write-context.ts'

export class Keys {
  /** Write contexts as JSON texts. */
  readonly contexts = new Words()
  /** Values are series slots. */
  readonly labels = new ByteTable()
  /** Values are dense resource numbers. */
  readonly resources = new ByteTable()
  /** Values are dense metric numbers. */
  readonly metrics = new ByteTable()
  /** Values are series slots. */
  readonly attributes = new ByteTable()
  readonly #contexts: WriteContext[] = []
  readonly #resourceAddresses: number[] = []
  readonly #metricAddresses: number[] = []

  contextNumber({ boundTenant, namedTenant }: WriteContext): number {
    return this.contexts.number(JSON.stringify([boundTenant, namedTenant]))
  }

  context(number: number): WriteContext {
    const known = this.#contexts[number]
    if (known !== undefined) return known
    const [boundTenant, namedTenant] = JSON.parse(this.contexts.word(number)) as [never, never]
    return (this.#contexts[number] = { boundTenant, namedTenant })
  }

  addResource(context: number, bytes: Uint8Array): number {
    const resource = this.#resourceAddresses.length
    this.#resourceAddresses.push(this.resources.add(context, bytes, 0, bytes.length, resource))
    return resource
  }

  addMetric(resource: number, bytes: Uint8Array): number {
    const metric = this.#metricAddresses.length
    this.#metricAddresses.push(this.metrics.add(resource, bytes, 0, bytes.length, metric))
    return metric
  }

  resourceBytes(resource: number): Uint8Array {
    return this.resources.at(this.#resourceAddresses[resource]!).bytes
  }

  /** Tells the bytes that lead to a metric. */
  placeOf(metric: number): OtlpPlace {
    const metricKey = this.metrics.at(this.#metricAddresses[metric]!)
    const resource = metricKey.context
    const resourceKey = this.resources.at(this.#resourceAddresses[resource]!)
    return {
      contextNumber: resourceKey.context,
      resource,
      resourceBytes: resourceKey.bytes,
      metricKey: metricKey.bytes,
    }
  }

  /** Finds the addresses again after the tables were put back. */
  restoreAddresses(): void {
    this.#resourceAddresses.push(...this.resources.addresses())
    this.#metricAddresses.push(...this.metrics.addresses())
  }
}
