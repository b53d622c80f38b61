/** Small write requests, and how they are sent. */
import { compressSync } from 'snappy'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import type { TestIngest } from './harness.ts'

/** A WriteRequest of one series with these values. */
export function writeRequest(...values: number[]): Uint8Array {
  const writer = openProtoWriter()
  writer.message(1, () => {
    writer.message(1, () => {
      writer.text(1, '__name__')
      writer.text(2, 'up')
    })
    for (const value of values) {
      writer.message(2, () => {
        writer.double(1, value)
        writer.varint(2, 1_790_000_000_000)
      })
    }
  })
  return writer.take()
}

/** An ExportMetricsServiceRequest of one gauge with these values. */
export function exportRequest(...values: number[]): Uint8Array {
  return exportRequestOf(values)
}

export function exportRequestOf(values: readonly number[]): Uint8Array {
  const writer = openProtoWriter()
  writer.message(1, () =>
    writer.message(2, () =>
      writer.message(2, () => {
        writer.text(1, 'up')
        writer.message(5, () => {
          for (const value of values) {
            writer.message(1, () => {
              writer.fixed64(3, 1_790_000_000_000_000_000n)
              writer.double(4, value)
            })
          }
        })
      }),
    ),
  )
  return writer.take()
}

export function exportJson(...values: number[]): string {
  const dataPoints = values.map((asDouble) => ({ asDouble, timeUnixNano: '1790000000000000000' }))
  return JSON.stringify({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'up', gauge: { dataPoints } }] }] }],
  })
}

export const PROTOBUF = { 'content-type': 'application/x-protobuf' }
export const JSON_TYPE = { 'content-type': 'application/json' }

export interface Reply {
  readonly status: number
  readonly type: string | null
  readonly retryAfter: string | null
  readonly bytes: Buffer
  readonly text: string
}

export async function post(
  test: TestIngest,
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
): Promise<Reply> {
  const sent = typeof body === 'string' ? body : Buffer.from(body)
  const response = await fetch(`${test.url}${path}`, { method: 'POST', body: sent, headers })
  const bytes = Buffer.from(await response.arrayBuffer())
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    bytes,
    text: bytes.toString(),
  }
}

export function write(
  test: TestIngest,
  message: Uint8Array,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const all = {
    ...PROTOBUF,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    ...headers,
  }
  return post(test, '/api/v1/write', compressSync(message), all)
}
