/**
 * Who else reads the text format: promtool, which judges one body a run, and a real Prometheus,
 * which scrapes many from one server, each as a target of its own.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SECOND_MS } from '../../src/core/time.ts'
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
  /** Why it was not taken; empty where it was. */
  readonly error: string
  readonly series: readonly Scraped[]
}

interface QueryRow {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

interface Target {
  readonly labels: Readonly<Record<string, string>>
  readonly health: 'unknown' | 'up' | 'down'
  readonly lastError: string
}

const OF_TARGET = new Set(['job', 'instance', 'page'])
/** More than this a slow machine does not scrape within the interval. */
const PAGES_A_SECOND = 100
const LEAST_INTERVAL_SECONDS = 5
/** Why a scrape failed where the page is not to blame. */
const NO_VERDICT = /^(?:Get "http|context deadline exceeded|unexpected EOF$)/

/**
 * Lets a real Prometheus scrape each body once or more, and tells what it has of each. A scrape
 * that failed for want of time says nothing of its page: only what it says of the text counts, and
 * a page that was taken once was taken.
 */
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
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${prometheus.url}/api/v1/${path}`)
    return ((await answer.json()) as { data: T }).data
  }
  const query = async (expression: string): Promise<readonly QueryRow[]> => {
    const path = `query?query=${encodeURIComponent(expression)}`
    return (await ask<{ result: readonly QueryRow[] }>(path)).result
  }
  const targets = async (): Promise<readonly Target[]> =>
    (await ask<{ activeTargets: readonly Target[] }>('targets?state=active')).activeTargets
  const pagesToCome = async (): Promise<readonly number[]> => {
    const judged = (await targets()).filter(
      ({ health, lastError }) => health !== 'unknown' && !NO_VERDICT.test(lastError),
    )
    const pages = new Set(judged.map(({ labels }) => Number(labels['page'])))
    return bodies.map((_, page) => page).filter((page) => !served.has(page) || !pages.has(page))
  }
  try {
    await eventually(
      'Prometheus has scraped every page',
      pagesToCome,
      (pages) => pages.length === 0,
      60_000 + 10 * intervalSeconds(bodies) * SECOND_MS,
    )
    const pages = bodies.map(() => ({ up: false, error: '', series: [] as Scraped[] }))
    for (const { labels, lastError } of await targets()) {
      pages[Number(labels['page'])]!.error = lastError
    }
    for (const { metric, value } of await query('max_over_time(up[1h])')) {
      pages[Number(metric['page'])]!.up = value[1] === '1'
    }
    for (const { metric, value } of await query(SERIES)) {
      const labels = Object.entries(metric).filter(([name]) => !OF_TARGET.has(name))
      pages[Number(metric['page'])]!.series.push({ labels: new Map(labels), value: value[1] })
    }
    return pages
  } finally {
    await prometheus.stop()
    server.close()
  }
}

const SERIES = 'last_over_time({page!="",__name__!~"up|scrape_.*"}[1h])'

function intervalSeconds(bodies: readonly string[]): number {
  return Math.max(LEAST_INTERVAL_SECONDS, Math.ceil(bodies.length / PAGES_A_SECOND))
}

function configFor(bodies: readonly string[], port: number): string {
  const targets = [`127.0.0.1:${String(port)}`]
  const staticConfigs = bodies.map((_, page) => ({
    targets,
    labels: { __metrics_path__: `/${String(page)}`, page: String(page) },
  }))
  return JSON.stringify({
    global: { scrape_interval: `${String(intervalSeconds(bodies))}s` },
    scrape_configs: [{ job_name: 'pages', static_configs: staticConfigs }],
  })
}
