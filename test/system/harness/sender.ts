/** Sends remote write to a server, as a client would. */
import { compressSync } from 'snappy'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'

export interface SentSeries {
  readonly labels: Readonly<Record<string, string>>
  /** Value and epoch milliseconds. */
  readonly samples: readonly (readonly [value: number, atMs: number])[]
}

/** Encodes a request of remote write 1.0. */
export function encodeWrite(series: readonly SentSeries[]): Uint8Array {
  const writer = openProtoWriter()
  for (const { labels, samples } of series) {
    writer.message(1, () => {
      for (const [name, value] of Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        writer.message(1, () => {
          writer.text(1, name)
          writer.text(2, value)
        })
      }
      for (const [value, atMs] of samples) {
        writer.message(2, () => {
          writer.double(1, value)
          writer.varint(2, atMs)
        })
      }
    })
  }
  return writer.take()
}

/** Sends series and tells the status. */
export async function sendWrite(
  url: string,
  key: string,
  series: readonly SentSeries[],
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const body = compressSync(Buffer.from(encodeWrite(series)))
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      ...headers,
    },
  })
  await response.arrayBuffer()
  return response.status
}
