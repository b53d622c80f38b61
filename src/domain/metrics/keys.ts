/**
 * The keys of everything that is recognised by its bytes, one table a kind, each in the context of
 * the one above: write context > remote-write labels > series, and write context > OTLP resource >
 * metric > attributes > series.
 */
import { ByteTable, type KeyOwner } from './byte-table.ts'
import type { OtlpPlace } from './description.ts'
import { Numbered } from './numbered.ts'
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
  /** How many metrics a resource has, and series a metric. */
  readonly #resources = new Numbered(this.resources)
  readonly #metrics = new Numbered(this.metrics)

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
    return this.#resources.add(context, bytes)
  }

  addMetric(resource: number, bytes: Uint8Array): number {
    this.#resources.join(resource)
    return this.#metrics.add(resource, bytes)
  }

  /** Says that a series is of a metric. */
  joinMetric(metric: number): void {
    this.#metrics.join(metric)
  }

  /** Removes the keys of a series of remote write. */
  removeLabels(first: number, owner: KeyOwner): void {
    this.labels.remove(first, owner)
  }

  /** Removes the keys of an OTLP series, and its metric and resource where it was their last. */
  removeAttributes(first: number, owner: KeyOwner): void {
    const metric = this.attributes.at(first).context
    this.attributes.remove(first, owner)
    const resource = this.#metrics.contextOf(metric)
    if (this.#metrics.leave(metric)) this.#resources.leave(resource)
  }

  resourceBytes(resource: number): Uint8Array {
    return this.resources.at(this.#resources.addressOf(resource)).bytes
  }

  /** Tells the bytes that lead to a metric. */
  placeOf(metric: number): OtlpPlace {
    const metricKey = this.metrics.at(this.#metrics.addressOf(metric))
    const resource = metricKey.context
    const resourceKey = this.resources.at(this.#resources.addressOf(resource))
    return {
      contextNumber: resourceKey.context,
      resource,
      resourceBytes: resourceKey.bytes,
      metricKey: metricKey.bytes,
    }
  }

  /** Finds numbers and addresses again after the tables were put back; series join later. */
  restoreAddresses(): void {
    this.#resources.restore()
    for (const resource of this.#metrics.restore()) this.#resources.join(resource)
  }
}
