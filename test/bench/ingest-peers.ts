/** The programs that take the same payloads as Tenantry in the ingest benchmark. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../system/harness/ports.ts'
import { delay, endProcess } from '../system/harness/server.ts'
import { requireTool } from '../tools/find-tool.ts'
import type { ToolName } from '../tools/tool-table.ts'
import { drive, type Measured, type Target } from './ingest-drive.ts'
import type { IngestFormat } from './ingest-formats.ts'

export interface Peer {
  readonly name: string
  readonly tool: ToolName
  /** How many times its samples per CPU-second Tenantry has to reach. */
  readonly mustRatio?: number
  readonly prepare: (directory: string, port: number) => Promise<Prepared>
}

interface Prepared {
  readonly commandLine: readonly string[]
  readonly readyPath: string
  readonly close?: () => void
}

export const PEERS: readonly Peer[] = [
  {
    name: 'vmagent stream aggregation',
    tool: 'vmagent',
    mustRatio: 1.5,
    async prepare(directory, port) {
      const sink = await openSink()
      const config = join(directory, 'aggregation.yaml')
      writeFileSync(
        config,
        '- match: http_requests_total\n  interval: 15s\n  by: [tenant_id, code]\n  outputs: [total]\n',
      )
      return {
        commandLine: [
          `-httpListenAddr=127.0.0.1:${String(port)}`,
          `-remoteWrite.url=http://127.0.0.1:${String((sink.address() as AddressInfo).port)}/`,
          `-remoteWrite.tmpDataPath=${join(directory, 'queue')}`,
          `-remoteWrite.streamAggr.config=${config}`,
        ],
        readyPath: '/health',
        close() {
          sink.close()
          sink.closeAllConnections()
        },
      }
    },
  },
  {
    name: 'VictoriaMetrics',
    tool: 'victoria-metrics',
    prepare: async (directory, port) => ({
      commandLine: [
        `-httpListenAddr=127.0.0.1:${String(port)}`,
        `-storageDataPath=${join(directory, 'data')}`,
      ],
      readyPath: '/health',
    }),
  },
  {
    name: 'Prometheus',
    tool: 'prometheus',
    async prepare(directory, port) {
      writeFileSync(join(directory, 'prometheus.yml'), 'global: {}\n')
      return {
        commandLine: [
          `--config.file=${join(directory, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(directory, 'data')}`,
          '--web.enable-remote-write-receiver',
          '--web.enable-otlp-receiver',
          `--web.listen-address=127.0.0.1:${String(port)}`,
        ],
        readyPath: '/-/ready',
      }
    },
  },
]

/** Measures what a peer spends on the payloads. Undefined where it cannot be. */
export function measurePeer(peer: Peer, format?: IngestFormat): Promise<Measured | undefined> {
  return withPeer(peer, (target) => drive(target, format))
}

/** Starts a peer, uses it and ends it. Undefined, and a line on stderr that says why, where it cannot be. */
export async function withPeer<T>(
  peer: Peer,
  use: (target: Target) => Promise<T>,
): Promise<T | undefined> {
  const program = requireTool(peer.tool)
  if (program === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  const port = await freePort()
  const { commandLine, readyPath, close } = await peer.prepare(directory, port)
  const child = spawn(program, commandLine, { stdio: 'ignore' })
  const base = `http://127.0.0.1:${String(port)}`
  try {
    await ready(child, `${base}${readyPath}`)
    return await use({ url: base, pid: child.pid ?? 0, headers: {} })
  } catch (error) {
    process.stderr.write(`${peer.name} is not measured: ${String(error)}\n`)
    return undefined
  } finally {
    await endProcess(child, 'SIGKILL')
    close?.()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`)
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await delay(100)
  }
  throw new Error(`it was not ready: ${url}`)
}

/** Takes what vmagent writes on and forgets it. */
async function openSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}
