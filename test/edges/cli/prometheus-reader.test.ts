import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { readPrometheus, type ReaderOptions } from '../../../src/edges/cli/prometheus-reader.ts'
import { Cursor } from '../../../src/machinery/wire/cursor.ts'
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { compressSnappy, encodeLabels } from '../../../src/machinery/wire/write-request.ts'

type Answer = (range: Range, response: ServerResponse) => void

interface Range {
  readonly startMs: number
  readonly endMs: number
}

const FROM_MS = Date.UTC(2026, 2, 1)
const closing: (() => void)[] = []
const asked: (Range & { readonly headers: IncomingMessage['headers'] })[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
  asked.length = 0
})

/** Plays a Prometheus with one sample a minute. */
async function play(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = uncompressSnappy(Buffer.concat(chunks), 10_000)
      const cursor = new Cursor()
      cursor.open(bytes, 0)
      cursor.readTag(bytes.length)
      const end = cursor.readEnd(bytes.length)
      const [startMs, endMs] = [0, 1].map(() => {
        cursor.readTag(end)
        return cursor.readVarint(end)
      }) as [number, number]
      asked.push({ startMs, endMs, headers: request.headers })
      answer({ startMs, endMs }, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const minutes: Answer = ({ startMs, endMs }, response) => {
  const writer = openProtoWriter()
  writer.message(1, () =>
    writer.message(1, () => {
      writer.raw(encodeLabels([{ name: '__name__', value: 'up' }]))
      for (let at = Math.ceil(startMs / MINUTE_MS) * MINUTE_MS; at <= endMs; at += MINUTE_MS) {
        writer.message(2, () => {
          writer.double(1, 1)
          writer.varint(2, at)
        })
      }
    }),
  )
  response.end(compressSnappy(writer.take()))
}

async function read(url: string, hours: number, more: Partial<ReaderOptions> = {}) {
  const steps: number[] = []
  const notes: string[] = []
  const stretches = readPrometheus(
    {
      url,
      headers: {},
      names: ['up'],
      stepMs: MINUTE_MS,
      signal: new AbortController().signal,
      onWait: (text) => notes.push(text),
      ...more,
    },
    { fromMs: FROM_MS, toMs: FROM_MS + hours * HOUR_MS },
  )
  for await (const stretch of stretches) {
    for (const { endMs } of stretch.steps()) steps.push((endMs - FROM_MS) / MINUTE_MS)
  }
  return { steps, notes }
}

const everyMinute = (hours: number): number[] => Array.from({ length: 60 * hours }, (_, i) => i + 1)

describe('a Prometheus', () => {
  it('is read whole, in longer stretches where there is little', async () => {
    const url = await play(minutes)
    expect((await read(url, 15)).steps).toEqual(everyMinute(15))
    const spans = asked.map(({ startMs, endMs }) => (endMs - startMs + 1) / HOUR_MS)
    expect(spans).toEqual([1, 2, 4, 6, 2])
  })

  it.each([
    [400, 'exceeded sample limit (100)'],
    [422, 'query processing would load too many samples into memory'],
    [413, ''],
  ])('that says %d is asked for half', async (status, text) => {
    const url = await play((range, response) => {
      if (range.endMs - range.startMs <= 20 * MINUTE_MS) minutes(range, response)
      else response.writeHead(status).end(text)
    })
    expect((await read(url, 2)).steps).toEqual(everyMinute(2))
  })

  it('that fails for a while is asked again', async () => {
    let failures = 2
    const url = await play((range, response) => {
      failures -= 1
      if (failures >= 0) response.writeHead(503).end('starting')
      else minutes(range, response)
    })
    const { steps, notes } = await read(url, 1)
    expect(steps).toEqual(everyMinute(1))
    expect(notes).toEqual([
      expect.stringContaining('it answered 503: starting; tried again in 1 s'),
      expect.stringContaining('tried again in 2 s'),
    ])
  })

  it('that wants to know who asks is told by the headers, and refuses once without them', async () => {
    const url = await play((range, response) => {
      if (asked.at(-1)!.headers.authorization === 'Bearer secret') minutes(range, response)
      else response.writeHead(401).end('who is it?')
    })
    await expect(read(url, 1)).rejects.toMatchObject({
      code: 'CLI_PROMETHEUS_REFUSED',
      message: expect.stringContaining('it answered 401: who is it?'),
    })
    expect(asked).toHaveLength(1)
    const { steps } = await read(url, 1, { headers: { authorization: 'Bearer secret' } })
    expect(steps).toEqual(everyMinute(1))
  })

  it('that has no remote read is said to have none', async () => {
    const url = await play((_, response) => response.writeHead(404).end('404 page not found'))
    await expect(read(url, 1)).rejects.toMatchObject({ code: 'CLI_PROMETHEUS_NO_READ' })
    const page = await play((_, response) => response.end('<html>'))
    await expect(read(page, 1)).rejects.toMatchObject({ code: 'CLI_PROMETHEUS_NO_READ' })
  })

  it('of which a single minute is too much cannot be read', async () => {
    const url = await play((_, response) => response.writeHead(400).end('exceeded sample limit'))
    await expect(read(url, 1)).rejects.toMatchObject({ code: 'CLI_PROMETHEUS_TOO_MUCH' })
  })
})
