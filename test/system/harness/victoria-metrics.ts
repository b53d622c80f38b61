/** A real VictoriaMetrics as a child process over a temporary directory, ready when it is returned. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { endProcess, eventually } from './server.ts'

export interface TestVictoriaMetrics {
  readonly url: string
  /** Tells every stored sample of the series that a selector matches. Shape: by labels as JSON,
   *  without those of the name; times rise. */
  samples(selector: string): Promise<Map<string, [atMs: number, value: number][]>>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again over the same data. */
  restart(): Promise<void>
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

export async function startVictoriaMetrics(program: string): Promise<TestVictoriaMetrics> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-victoria-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${String(port)}`
  const run = () =>
    spawn(
      program,
      [
        `-storageDataPath=${join(directory, 'data')}`,
        `-httpListenAddr=127.0.0.1:${String(port)}`,
        '-retentionPeriod=1d',
        '-memory.allowedBytes=256MB',
      ],
      { stdio: 'ignore' },
    )
  const ready = () =>
    eventually(
      'VictoriaMetrics is ready',
      async () => (await fetch(`${url}/health`)).status,
      (status) => status === 200,
    )
  let child = run()
  await ready()
  return {
    url,
    async samples(selector) {
      await fetch(`${url}/internal/force_flush`)
      const response = await fetch(`${url}/api/v1/export?match[]=${encodeURIComponent(selector)}`)
      const lines = (await response.text()).split('\n').filter((line) => line !== '')
      return new Map(
        lines.map((line) => {
          const { metric, values, timestamps } = JSON.parse(line) as ExportLine
          const { __name__: _name, ...labels } = metric
          return [
            JSON.stringify(labels),
            timestamps.map((atMs, index): [number, number] => [atMs, values[index]!]),
          ]
        }),
      )
    },
    async kill() {
      await endProcess(child, 'SIGKILL')
    },
    async restart() {
      child = run()
      await ready()
    },
    async stop() {
      await endProcess(child, 'SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

interface ExportLine {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly number[]
  readonly timestamps: readonly number[]
}
