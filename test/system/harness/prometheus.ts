/** A real Prometheus as a child process over a temporary directory, ready when it is returned. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { endProcess, eventually } from './server.ts'

export interface TestPrometheus {
  readonly url: string
  readonly port: number
  /** Answers the first value of an instant query. */
  query(expression: string): Promise<number | undefined>
  /** Answers a query at every step of a range. Shape: by the value of a label, then by epoch
   *  seconds. */
  range(
    expression: string,
    by: string,
    range: QueryRange,
  ): Promise<Map<string, Map<number, number>>>
  /** Ends it and starts it anew over the same data, with another configuration; in between the
   *  world may change unseen. */
  restart(config: string, whileDown: () => void): Promise<void>
  /** Ends it as a crash does; `restart` brings it back. */
  kill(): Promise<void>
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

export interface QueryRange {
  readonly start: number
  readonly end: number
  readonly step: number
}

export interface PrometheusOptions {
  /** The configuration file, given the port that it will listen at. */
  readonly config: (port: number) => string
  readonly arguments?: readonly string[]
  /** Puts blocks into the data directory before the start. */
  readonly fill?: (dataDirectory: string) => void
}

export async function startPrometheus(
  program: string,
  options: PrometheusOptions,
): Promise<TestPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-prometheus-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${String(port)}`
  const file = join(directory, 'prometheus.yml')
  const run = () =>
    spawn(
      program,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${String(port)}`,
        ...(options.arguments ?? []),
      ],
      { stdio: 'ignore' },
    )
  const ready = () =>
    eventually(
      'Prometheus is ready',
      async () => (await fetch(`${url}/-/ready`)).status,
      (status) => status === 200,
    )

  writeFileSync(file, options.config(port))
  options.fill?.(join(directory, 'data'))
  let child = run()
  await ready()
  return {
    url,
    port,
    async query(expression) {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      const body = (await response.json()) as {
        data: { result: { value: [number, string] }[] }
      }
      const value = body.data.result[0]?.value[1]
      return value === undefined ? undefined : Number(value)
    },
    async range(expression, by, { start, end, step }) {
      const body = new URLSearchParams({
        query: expression,
        start: String(start),
        end: String(end),
        step: String(step),
      })
      const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body })
      const answer = (await response.json()) as RangeAnswer
      if (answer.status !== 'success') throw new Error(`${expression}: ${String(answer.error)}`)
      return new Map(
        answer.data.result.map(({ metric, values }) => [
          metric[by] ?? '',
          new Map(values.map(([at, value]) => [at, Number(value)])),
        ]),
      )
    },
    async restart(config, whileDown) {
      await endProcess(child, 'SIGTERM')
      whileDown()
      writeFileSync(file, config)
      child = run()
      await ready()
    },
    async kill() {
      await endProcess(child, 'SIGKILL')
    },
    async stop() {
      await endProcess(child, 'SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

interface RangeAnswer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}

/** Writes the page of an exporter with one tenant's requests. */
export function exposition({ ok, failed }: { ok: number; failed: number }): string {
  return [
    '# HELP http_requests_total Requests.',
    '# TYPE http_requests_total counter',
    `http_requests_total{tenant_id="acme",code="200",method="GET"} ${String(ok)}`,
    `http_requests_total{tenant_id="acme",code="500",method="GET"} ${String(failed)}`,
    '',
  ].join('\n')
}
