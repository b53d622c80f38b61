/** A target that counts by itself, as an application does, and is scraped. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ScrapeTarget {
  /** The scrape.yaml that names it. */
  readonly config: string
  count(): number
  /** Counts no further for a while. It begins held, so that its first scrape finds zero. */
  hold(isHeld: boolean): void
  stop(): Promise<void>
}

export async function startScrapeTarget(): Promise<ScrapeTarget> {
  let count = 0
  let isHeld = true
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(
      `# TYPE http_requests_total counter\nhttp_requests_total{code="200"} ${String(count)}\n`,
    )
    if (!isHeld) count += 7
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.address() as AddressInfo
  return {
    config: [
      'scrape_configs:',
      '  - job_name: crash',
      '    scrape_interval: 200ms',
      '    scrape_timeout: 200ms',
      '    static_configs:',
      `      - targets: ['127.0.0.1:${String(port)}']`,
      '        labels: { tenant_id: scraped }',
      '',
    ].join('\n'),
    count: () => count,
    hold: (now) => {
      isHeld = now
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
