/**
 * Makes remote-write requests as a fleet of gateways would send them: 100,000 counters with ten
 * labels each, twenty a pod, in an order that differs every round. Pods end and new ones come;
 * counters start again from zero. The fleet is healthy: errors are too few to use up anybody's
 * budget, since a storm of alerts is another measurement. Seeded: the same options give the same
 * bytes.
 */
import { openPrng, type Prng } from '../../src/core/prng.ts'
import { openProtoWriter, type ProtoWriter } from '../../src/machinery/wire/encode.ts'
import { append, openScratch } from '../../src/machinery/wire/scratch.ts'

export interface PayloadOptions {
  readonly seed: number
  /** A multiple of SERIES_PER_POD. */
  readonly series: number
  readonly seriesPerRequest: number
  readonly tenants: number
  /** How many of the pods end each round and are replaced by new ones, 0 to 1. */
  readonly churnRatio: number
  /** How many of the counters start again from zero each round, 0 to 1. */
  readonly resetRatio: number
  /** When the first round was scraped, epoch ms. */
  readonly startMs: number
  readonly stepSeconds: number
}

export const INGEST_PAYLOADS: PayloadOptions = {
  seed: 20_261_124,
  series: 100_000,
  seriesPerRequest: 2_000,
  tenants: 1_000,
  churnRatio: 0.05,
  resetRatio: 0.01,
  startMs: 1_790_000_000_000,
  stepSeconds: 15,
}

export interface Round {
  readonly timestampMs: number
  /** Uncompressed WriteRequest messages. */
  readonly messages: readonly Uint8Array[]
  readonly samples: number
  /**
   * What all counters gained since the first round, as a right receiver counts: a reset to n gains
   * n, the first value of a series gains nothing, because its whole instance is new.
   */
  readonly gained: number
}

export interface Payloads {
  nextRound(): Round
}

/** Names of tenants, 0 <= index < tenants. */
export function tenantName(index: number): string {
  return `tenant-${String(index).padStart(5, '0')}`
}

export const SERIES_PER_POD = 20
const CODES = ['200', '201', '204', '301', '400', '404', '429', '500', '503'] as const
/** How likely a counter of errors rises in a round. */
const ERROR_CHANCE = 0.01
const METHODS = ['GET', 'POST', 'PUT'] as const
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'ap-southeast-2'] as const
const TIERS = ['starter', 'professional', 'enterprise'] as const
const ROUTES = [
  '/api/v1/projects/{project}/files',
  '/api/v1/projects/{project}/completions',
  '/api/v1/members/{member}',
  '/api/v1/chats/{chat}/messages',
  '/api/v1/models',
] as const

/**
 * Labels lie in one slab, not in 100,000 buffers: the collector would have to look at each of them
 * again and again.
 */
interface Series {
  /** Whether it counts answers with a status of 500 or more. */
  readonly countsErrors: boolean
  readonly labelsStart: number
  readonly labelsEnd: number
  value: number
}

export function openPayloads(options: PayloadOptions): Payloads {
  const prng = openPrng(options.seed)
  const writer = openProtoWriter()
  const slab = openScratch()
  let podsMade = 0
  let gained = 0
  let rounds = 0

  const newPod = (): Series[] => {
    podsMade += 1
    return Array.from({ length: SERIES_PER_POD }, (_, index) => {
      const labels = labelBytes(writer, prng, podsMade, index, options.tenants)
      const labelsStart = slab.length
      append(slab, labels, 0, labels.length)
      const countsErrors = codeOf(index) >= '500'
      return { countsErrors, labelsStart, labelsEnd: slab.length, value: prng.below(100_000) }
    })
  }
  const pods = Array.from({ length: options.series / SERIES_PER_POD }, newPod)

  const live = (): void => {
    pods.forEach((pod, index) => {
      if (prng.next() < options.churnRatio) pods[index] = newPod()
      else for (const series of pod) gained += advance(series, prng, options.resetRatio)
    })
  }
  return {
    nextRound() {
      if (rounds > 0) live()
      const timestampMs = options.startMs + rounds * options.stepSeconds * 1_000
      rounds += 1
      const series = pods.flat()
      shuffle(series, prng)
      const messages: Uint8Array[] = []
      for (let from = 0; from < series.length; from += options.seriesPerRequest) {
        const part = series.slice(from, from + options.seriesPerRequest)
        messages.push(requestBytes(writer, slab.bytes, part, timestampMs))
      }
      return { timestampMs, messages, samples: series.length, gained }
    },
  }
}

function advance(series: Series, prng: Prng, resetRatio: number): number {
  const isQuiet = series.countsErrors && prng.next() >= ERROR_CHANCE
  const gain = isQuiet ? 0 : 1 + prng.below(series.countsErrors ? 2 : 200)
  const resets = prng.next() < resetRatio && gain < series.value
  series.value = resets ? gain : series.value + gain
  return gain
}

function requestBytes(
  writer: ProtoWriter,
  slab: Uint8Array,
  part: readonly Series[],
  timestampMs: number,
): Uint8Array {
  for (const { labelsStart, labelsEnd, value } of part) {
    writer.message(1, () => {
      writer.raw(slab.subarray(labelsStart, labelsEnd))
      writer.message(2, () => {
        writer.double(1, value)
        writer.varint(2, timestampMs)
      })
    })
  }
  return writer.take()
}

/** No two series of a pod have the same code and method, so that no two series are one. */
function labelBytes(
  writer: ProtoWriter,
  prng: Prng,
  pod: number,
  indexInPod: number,
  tenants: number,
): Uint8Array {
  const tenant = prng.below(tenants)
  const labels = {
    __name__: 'http_requests_total',
    code: codeOf(indexInPod),
    instance: `10.${(pod >> 16) & 0xff}.${(pod >> 8) & 0xff}.${pod & 0xff}:9090`,
    job: 'gateway',
    method: METHODS[Math.floor(indexInPod / CODES.length)] ?? '',
    pod: `gateway-7d9f8b6c5d-${pod.toString(36).padStart(5, '0')}`,
    region: REGIONS[pod % REGIONS.length] ?? '',
    route: ROUTES[prng.below(ROUTES.length)] ?? '',
    tenant_id: tenantName(tenant),
    tier: TIERS[tenant % TIERS.length] ?? '',
  }
  for (const [name, value] of Object.entries(labels)) {
    writer.message(1, () => {
      writer.text(1, name)
      writer.text(2, value)
    })
  }
  return writer.take()
}

function codeOf(indexInPod: number): string {
  return CODES[indexInPod % CODES.length] ?? ''
}

/** Fisher and Yates. */
function shuffle(items: Series[], prng: Prng): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = prng.below(index + 1)
    const kept = items[index] as Series
    items[index] = items[other] as Series
    items[other] = kept
  }
}
