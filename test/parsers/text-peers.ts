/**
 * Who else reads the text format: promtool, which judges one body a run, and a real Prometheus,
 * which scrapes many from one server, each as a target of its own.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '../system/harness/server.ts'
import { startPrometheus } from '../system/harness/prometheus.ts'

/** Asks promtool. Undefined where it accepts the body, else its error or its panic; what it says of
 *  style is no matter here. */
export async function askPromtool(program: string, body: string): Promise<string | undefined> {
  const child = spawn(program, ['check', 'metrics'], { stdio: ['pipe', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  // It may be done before it has read everything.
  child.stdin.on('error', () => undefined)
  child.stdin.end(body)
  await new Promise<void>((done) => child.once('close', () => done()))
  return /error while linting: .*|^panic: .*/m.exec(said)?.[0]
}

/** One series of a scraped page: its labels without those of the target, and its value. */
export interface Scraped {
  readonly labels: ReadonlyMap<string, string>
  readonly value: string
}

export interface ScrapedPage {
  readonly up: boolean
  readonly series: readonly Scraped[]
}

interface QueryRow {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

const OF_TARGET = new Set(['job', 'instance', 'page'])

/** Lets a real Prometheus scrape each body once or more, and tells what it has of each. */
export async function scrapeAll(
  program: string,
  bodies: readonly string[],
): Promise<ScrapedPage[]> {
  const served = new Set<number>()
  const server = createServer((request, response) => {
    const page = Number(/\d+/.exec(request.url ?? '')?.[0])
    served.add(page)
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    response.end(bodies[page])
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const prometheus = await startPrometheus(program, { config: () => configFor(bodies, port) })
  const query = async (expression: string): Promise<readonly QueryRow[]> => {
    const asked = `${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`
    const body = (await (await fetch(asked)).json()) as { data: { result: readonly QueryRow[] } }
    return body.data.result
  }
  try {
    await eventually(
      'Prometheus has scraped every page',
      async () => Number((await query('count(up)'))[0]?.value[1] ?? 0),
      (count) => count === bodies.length && served.size === bodies.length,
    )
    const pages = bodies.map(() => ({ up: false, series: [] as Scraped[] }))
    for (const { metric, value } of await query('up')) {
      pages[Number(metric['page'])]!.up = value[1] === '1'
    }
    for (const { metric, value } of await query('{page!="",__name__!~"up|scrape_.*"}')) {
      const labels = Object.entries(metric).filter(([name]) => !OF_TARGET.has(name))
      pages[Number(metric['page'])]!.series.push({ labels: new Map(labels), value: value[1] })
    }
    return pages
  } finally {
    await prometheus.stop()
    server.close()
  }
}

function configFor(bodies: readonly string[], port: number): string {
  const targets = [`127.0.0.1:${String(port)}`]
  const staticConfigs = bodies.map((_, page) => ({
    targets,
    labels: { __metrics_path__: `/${String(page)}`, page: String(page) },
  }))
  return JSON.stringify({
    global: { scrape_interval: '5s' },
    scrape_configs: [{ job_name: 'pages', static_configs: staticConfigs }],
  })
}
