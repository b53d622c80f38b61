/**
 * The history that rules are measured on, by remote write into a real Prometheus: counters of tenants, and what rules would have recorded of
 * them before. Counters go on past the present, so that windows are full while rules are measured.
 */
import { compress } from 'snappy'
import { openProtoWriter } from '../../src/machinery/wire/encode.ts'
import { tenantName } from './payloads.ts'

export type Labels = Readonly<Record<string, string>>

export interface HistorySeries {
  readonly labels: Labels
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly stepSeconds: number
  /** At the n-th sample. */
  readonly value: (n: number) => number
}

const SAMPLES_A_REQUEST = 50_000

/** Sends series whole, one after the other. Returns how many samples were taken. */
export async function sendHistory(url: string, series: Iterable<HistorySeries>): Promise<number> {
  const writer = openProtoWriter()
  let waiting = 0
  let sent = 0
  const flush = async (): Promise<void> => {
    if (waiting === 0) return
    const body = await compress(Buffer.from(writer.take()))
    const response = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(body),
    })
    if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`)
    sent += waiting
    waiting = 0
  }
  for (const { labels, fromSeconds, toSeconds, stepSeconds, value } of series) {
    writer.message(1, () => {
      for (const [name, text] of Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        writer.message(1, () => {
          writer.text(1, name)
          writer.text(2, text)
        })
      }
      for (let n = 0, at = fromSeconds; at <= toSeconds; n += 1, at += stepSeconds) {
        writer.message(2, () => {
          writer.double(1, value(n))
          writer.varint(2, at * 1_000)
        })
        waiting += 1
      }
    })
    if (waiting >= SAMPLES_A_REQUEST) await flush()
  }
  await flush()
  return sent
}

export const SCRAPE_SECONDS = 15
/** The fleet is healthy, one failure in so many requests: a storm of alerts is another measurement. */
export const REQUESTS_A_FAILURE = 2_000
const HOUR = 3_600
const DAY = 24 * HOUR

export interface HistoryOptions {
  readonly nowSeconds: number
  readonly tenants: number
  /** So many of them have the raw history of the longest window, and what Sloth records. */
  readonly slothTenants: number
  /** How far the counters go on. */
  readonly aheadSeconds: number
}

export function* tenantHistory(options: HistoryOptions): Generator<HistorySeries> {
  const { nowSeconds, tenants, slothTenants, aheadSeconds } = options
  const until = nowSeconds + aheadSeconds
  for (let index = 0; index < tenants; index += 1) {
    const tenant = tenantName(index)
    const backSeconds = index < slothTenants ? 3 * DAY + HOUR : HOUR + 600
    const counter = (labels: Labels, step: number): HistorySeries => ({
      labels: { ...labels, tenant },
      fromSeconds: nowSeconds - backSeconds,
      toSeconds: until,
      stepSeconds: SCRAPE_SECONDS,
      value: (n) => n * step,
    })
    const requests = { __name__: 'tenantry_tenant_requests_total' }
    const duration = 'tenantry_tenant_request_duration_seconds'
    yield {
      labels: {
        __name__: 'tenantry_tenant_info',
        tenant,
        tier: 'enterprise',
        region: 'eu',
        name: tenant,
      },
      fromSeconds: nowSeconds - 120,
      toSeconds: until,
      stepSeconds: 60,
      value: () => 1,
    }
    yield counter({ ...requests, status_class: '2xx' }, REQUESTS_A_FAILURE - 1)
    yield counter({ ...requests, status_class: '5xx' }, 1)
    yield counter({ __name__: `${duration}_bucket`, le: '0.2' }, REQUESTS_A_FAILURE - 1)
    yield counter({ __name__: `${duration}_count` }, REQUESTS_A_FAILURE)
    yield* recordedBefore(tenant, nowSeconds)
  }
}

const EVENT_SLOS = ['error-rate', 'response-time']
const SLICE_SLOS = ['availability', 'throughput']

/** Tiles and slices that rules made before now. */
function* recordedBefore(tenant: string, nowSeconds: number): Generator<HistorySeries> {
  const before = (
    labels: Labels,
    span: readonly [number, number],
    value: number,
  ): HistorySeries => ({
    labels: { ...labels, tenant },
    fromSeconds: nowSeconds - span[0],
    toSeconds: nowSeconds - 60,
    stepSeconds: span[1],
    value: () => value,
  })
  for (const slo of SLICE_SLOS) {
    yield before({ __name__: 'tenantry:slo_bad:slice', slo }, [HOUR, 60], 0)
  }
  for (const slo of [...EVENT_SLOS, ...SLICE_SLOS]) {
    for (const [name, value] of [
      ['tenantry:slo_bad:tile', 1],
      ['tenantry:slo_total:tile', REQUESTS_A_FAILURE],
    ] as const) {
      yield before({ __name__: name, slo, window: '5m' }, [6 * HOUR, 300], value)
      yield before({ __name__: name, slo, window: '1h' }, [30 * DAY, HOUR], value)
    }
  }
}

/** What Sloth's rules recorded over its period, once a minute. */
export function* slothHistory(
  options: HistoryOptions,
  slos: readonly string[],
): Generator<HistorySeries> {
  for (let index = 0; index < options.slothTenants; index += 1) {
    for (const slo of slos) {
      yield {
        labels: {
          __name__: 'slo:sli_error:ratio_rate5m',
          ...slothLabels(tenantName(index), slo),
          sloth_window: '5m',
        },
        fromSeconds: options.nowSeconds - 30 * DAY,
        toSeconds: options.nowSeconds - 60,
        stepSeconds: 60,
        value: () => 1 / REQUESTS_A_FAILURE,
      }
    }
  }
}

export function slothLabels(tenant: string, slo: string): Labels {
  return { sloth_id: `${tenant}-${slo}`, sloth_service: tenant, sloth_slo: slo }
}
