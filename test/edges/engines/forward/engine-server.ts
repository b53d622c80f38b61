/**
 * A server that answers writes as Mimir, VictoriaMetrics and Prometheus do: their codes, limits and
 * what they keep of a request of which they refuse a part. State is in memory.
 * Source: Mimir pkg/distributor/push.go and "Errors catalog"; Prometheus
 * storage/remote/write_handler.go; VictoriaMetrics lib/protoparser/promremotewrite.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryEngine, readWrite, type GotSample } from './engine.ts'

export type Manner = 'mimir' | 'prometheus' | 'prometheus-2' | 'victoriametrics'

export interface Asked {
  readonly path: string
  readonly tenant: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly got: readonly GotSample[]
}

export interface EngineServer {
  readonly url: string
  readonly engine: MemoryEngine
  readonly asked: Asked[]
  /** Answers in place of the engine. True when it did. */
  intercept: (asked: Asked, response: ServerResponse) => boolean
  /** Series that are refused, by name of the metric. */
  readonly refused: Set<string>
  /** Samples that a tenant may send; then 429 with Retry-After. */
  readonly budgets: Map<string, number>
  stop(): Promise<void>
}

export async function startEngineServer(manner: Manner): Promise<EngineServer> {
  const engine = new MemoryEngine()
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const headers = request.headers as Record<string, string>
    const version = (headers['content-type'] ?? '').includes('v2') ? '2.0' : '1.0'
    const got = readWrite({ body: Buffer.concat(chunks), version })
    const tenant = headers['x-scope-orgid'] ?? null
    const one: Asked = { path: request.url ?? '', tenant, headers, got }
    asked.push(one)
    if (self.intercept(one, response)) return
    answerAs(manner, one, version, response)
  }

  const answerAs = (
    as: Manner,
    { tenant, got }: Asked,
    version: '1.0' | '2.0',
    response: ServerResponse,
  ): void => {
    if (as === 'mimir' && tenant === null) return end(response, 401, 'no org id')
    if (as === 'prometheus-2' && version === '2.0') return end(response, 415, 'unsupported proto')
    if ((as === 'victoriametrics' || as === 'mimir') && version === '2.0') {
      // Read as 1.0, where its fields mean nothing
      return end(response, 204, '')
    }
    const budget = self.budgets.get(tenant ?? '') ?? Infinity
    if (got.length > budget) {
      response.setHeader('retry-after', '1')
      return end(
        response,
        429,
        'the request has been rejected: err-mimir-tenant-max-ingestion-rate',
      )
    }
    self.budgets.set(tenant ?? '', budget - got.length)
    const bad = got.filter(({ labels }) => self.refused.has(labels['__name__'] ?? ''))
    const isAllOrNothing = as.startsWith('prometheus') && version === '1.0'
    if (bad.length > 0 && isAllOrNothing) return end(response, 400, 'out of bounds')
    let kept = 0
    for (const sample of got) {
      if (!bad.includes(sample) && engine.keep(tenant, sample)) kept += 1
    }
    if (version === '2.0') {
      response.setHeader('x-prometheus-remote-write-samples-written', kept)
      response.setHeader('x-prometheus-remote-write-histograms-written', 0)
      response.setHeader('x-prometheus-remote-write-exemplars-written', 0)
    }
    if (kept === got.length) return end(response, as === 'mimir' ? 200 : 204, '')
    end(response, 400, 'received a series that is refused (err-mimir-label-invalid)')
  }

  const self: EngineServer = {
    url: '',
    engine,
    asked,
    intercept: () => false,
    refused: new Set(),
    budgets: new Map(),
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return Object.assign(self, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  response.end(text)
}
