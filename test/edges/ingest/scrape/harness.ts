/** What the scrape tests share: an exporter that does as it is told, and writes read back as text. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { WriteOutcome } from '../../../../src/domain/metrics/metrics.ts'
import {
  readScrapeConfig,
  type ScrapeJob,
} from '../../../../src/edges/ingest/scrape/scrape-config.ts'
import { readLabels } from '../../../../src/machinery/wire/labels.ts'
import { readWriteRequest } from '../../../../src/machinery/wire/remote-write.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../../fixtures/test-certificate.ts'

export interface Exporter {
  readonly address: string
  answer: (request: IncomingMessage, response: ServerResponse) => void
  stop(): Promise<void>
}

export async function startExporter(secure = false): Promise<Exporter> {
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    exporter.answer(request, response)
  const server: Server = secure
    ? (createSecureServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, listener) as unknown as Server)
    : createServer(listener)
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const exporter: Exporter = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => undefined,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return exporter
}

export function page(
  body: string | Buffer,
  type = 'text/plain; version=0.0.4',
): Exporter['answer'] {
  return (_request, response) => {
    response.setHeader('content-type', type)
    response.end(body)
  }
}

/** Reads one job from its YAML. */
export function jobFrom(yaml: string, file = '/etc/tenantry/scrape.yaml'): ScrapeJob {
  const { jobs, problems } = readScrapeConfig(file, `scrape_configs:\n- ${yaml}`)
  if (jobs[0] === undefined) throw new Error(JSON.stringify(problems))
  return jobs[0]
}

/** Reads a message as `name{labels} value`, without the series about the scrape where `isReport` says so. */
export function readMessage(message: Uint8Array): { line: string; timestampMs: number }[] {
  const rows: { line: string; timestampMs: number }[] = []
  let series = ''
  readWriteRequest(message, {
    series(bytes, start, end) {
      const labels = readLabels(bytes, start, end)
      const name = labels.find((label) => label.name === '__name__')?.value ?? ''
      const rest = labels.filter((label) => label.name !== '__name__')
      series = `${name}{${rest.map((label) => `${label.name}=${label.value}`).join(',')}}`
    },
    sample: (value, timestampMs) => rows.push({ line: `${series} ${value}`, timestampMs }),
    sampleSince: (value, timestampMs, startMs) =>
      rows.push({ line: `${series} ${value} since ${startMs}`, timestampMs }),
    stale: (timestampMs) => rows.push({ line: `${series} stale`, timestampMs }),
    nativeHistogram: () => rows.push({ line: 'a native histogram', timestampMs: 0 }),
  })
  return rows
}

export const NOTHING_REFUSED: WriteOutcome = {
  received: 1,
  attributed: 1,
  unattributed: 0,
  duplicate: 0,
  notElected: 0,
  failovers: [],
  discarded: {},
  discardedTotal: 0,
  shadowed: 0,
  unmapped: 0,
  unattributedByReason: { 'no-tenant-label': 0, 'unknown-tenant': 0 },
  violations: 0,
  histograms: 0,
  histogramsDiscarded: 0,
  exemplars: 0,
  metadata: 0,
  faults: 0,
  messages: [],
}
