/**
 * One sender of the fairness benchmark, a process of its own: remote-write requests of the same
 * series at a fixed pace, whatever the answers. Latency counts from the instant at which a request
 * was due, so that a slow answer does not hide the ones behind it. With `--sink` it is a server
 * that reads and forgets. Settings come as JSON in the last argument; the result goes to stdout.
 */
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openProtoWriter } from '../../src/machinery/wire/encode.ts'
import { compressSnappy } from '../../src/machinery/wire/write-request.ts'

export interface SenderSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Series of each tenant in every request. */
  readonly tenants: Readonly<Record<string, number>>
  /** Requests differ in this many sets of series, so that no series has two samples at once. */
  readonly sets: number
  readonly requestsPerSecond: number
  readonly connections: number
  readonly seconds: number
}

export interface SenderResult {
  readonly requests: number
  readonly byStatus: Readonly<Record<string, number>>
  /** Sorted. Only of requests that were answered. */
  readonly latenciesMs: readonly number[]
}

/** Any instant of our time is a varint of this length. */
const TIME_BYTES = 6
/** Stands for the time of every sample until a request is due. */
const MARK_MS = 1_234_567_890_123

if (process.argv.includes('--sink')) runSink()
else if (import.meta.main) await runSender(JSON.parse(process.argv.at(-1)!) as SenderSettings)

function runSink(): void {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end())
  })
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${String((server.address() as AddressInfo).port)}\n`)
  })
}

async function runSender(settings: SenderSettings): Promise<void> {
  const { url, headers, requestsPerSecond, connections, seconds } = settings
  const templates = Array.from({ length: settings.sets }, (_, set) => openTemplate(settings, set))
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const byStatus: Record<string, number> = {}
  const latenciesMs: number[] = []
  const total = Math.round(requestsPerSecond * seconds)
  const beganMs = performance.now()
  const answers: Promise<void>[] = []
  for (let sent = 0; sent < total; sent += 1) {
    const dueMs = beganMs + (1_000 * sent) / requestsPerSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const body = compressSnappy(templates[sent % templates.length]!(Date.now()))
    answers.push(
      send(url, agent, headers, body).then((status) => {
        byStatus[status] = (byStatus[status] ?? 0) + 1
        latenciesMs.push(performance.now() - dueMs)
      }),
    )
  }
  await Promise.all(answers)
  agent.destroy()
  latenciesMs.sort((left, right) => left - right)
  const result: SenderResult = { requests: total, byStatus, latenciesMs }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** Encodes a request once; afterwards only the time of its samples changes. */
function openTemplate({ tenants }: SenderSettings, set: number): (atMs: number) => Buffer {
  const writer = openProtoWriter()
  for (const [tenant, series] of Object.entries(tenants)) {
    for (let index = 0; index < series; index += 1) {
      const labels = {
        __name__: 'http_requests_total',
        code: '200',
        instance: `10.0.${String(set)}.${String(index % 250)}:8080`,
        job: 'api',
        route: `/v1/items/${String(index)}`,
        tenant_id: tenant,
      }
      writer.message(1, () => {
        for (const [name, value] of Object.entries(labels)) {
          writer.message(1, () => {
            writer.text(1, name)
            writer.text(2, value)
          })
        }
        writer.message(2, () => {
          writer.double(1, 1_000 + index)
          writer.varint(2, MARK_MS)
        })
      })
    }
  }
  const message = Buffer.from(writer.take())
  const mark = varint(MARK_MS)
  const places: number[] = []
  for (let at = message.indexOf(mark); at >= 0; at = message.indexOf(mark, at + TIME_BYTES)) {
    places.push(at)
  }
  return (atMs) => {
    const time = varint(atMs)
    for (const place of places) time.copy(message, place)
    return message
  }
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES)
  let left = value
  for (let at = 0; at < TIME_BYTES; at += 1) {
    bytes[at] = (left % 128) + (at === TIME_BYTES - 1 ? 0 : 128)
    left = Math.floor(left / 128)
  }
  return bytes
}

function send(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest(url, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'content-length': body.length,
        ...headers,
      },
    })
    request.on('response', (response) => {
      response.resume().on('end', () => resolve(String(response.statusCode)))
    })
    request.on('error', (error) => resolve(error.message))
    request.end(body)
  })
}
