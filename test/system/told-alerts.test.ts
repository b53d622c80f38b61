/**
 * Real senders of alerts: a Prometheus that takes Tenantry for an Alertmanager, and two Alertmanagers of one cluster that send
 * by webhook. What fires there fires here, once, and ends with it; a sender that is killed is seen.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireTool } from '../tools/find-tool.ts'
import { freePort } from './harness/ports.ts'
import { startPrometheus, type TestPrometheus } from './harness/prometheus.ts'
import {
  endProcess,
  eventually,
  startServer,
  tenantConfig,
  type TestServer,
} from './harness/server.ts'

const prometheusProgram = requireTool('prometheus')
const alertmanagerProgram = requireTool('alertmanager')

interface AlertRow {
  readonly tenantId: string
  readonly source: string
  readonly key: string
  readonly state: string
  readonly action: string
  readonly flaps: number
}

interface ToldRow {
  readonly key: string
  readonly tenantId: string
  readonly state: string
  readonly ownKey: string | null
}

describe.skipIf(prometheusProgram === undefined || alertmanagerProgram === undefined)(
  'alerts of real systems',
  () => {
    let server: TestServer
    let key: string
    let exporter: Server
    const broken = { acme: 0, bolt: 0 }
    const closing: (() => Promise<void>)[] = []

    beforeAll(async () => {
      server = await startServer()
      await server.createTenant(tenantConfig('acme'))
      await server.createTenant(tenantConfig('bolt'))
      key = await server.createKey('collector')
      exporter = createServer((_request, response) => {
        response.setHeader('content-type', 'text/plain; version=0.0.4')
        response.end(
          Object.entries(broken)
            .map(([tenant, value]) => `broken{tenant="${tenant}"} ${String(value)}\n`)
            .join(''),
        )
      })
      await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done))
    }, 120_000)

    afterAll(async () => {
      for (const close of closing.toReversed()) await close()
      exporter.close()
      await server.stop()
      server.remove()
    })

    const alerts = async (name: string): Promise<AlertRow[]> => {
      const { body } = await server.api<{ items: AlertRow[] }>('/api/v1/alerts?limit=500')
      return body.items.filter(
        ({ source, key: of }) => source === 'foreign' && of.startsWith(`${name}/`),
      )
    }
    const told = async (name: string): Promise<ToldRow[]> => {
      const { body } = await server.api<{ items: ToldRow[] }>('/api/v1/alerts/told?limit=500')
      return body.items.filter(({ key: of }) => of.startsWith(`${name}/`))
    }
    const firing = (rows: readonly AlertRow[]): string[] =>
      rows
        .filter(({ state }) => state === 'firing')
        .map(({ tenantId }) => tenantId)
        .toSorted()

    const openPrometheus = async (
      replica: string,
      name: string,
      targets: string,
    ): Promise<TestPrometheus> => {
      const directory = mkdtempSync(join(tmpdir(), 'tenantry-rules-'))
      const rules = join(directory, 'rules.yml')
      writeFileSync(rules, rulesOf(name))
      const prometheus = await startPrometheus(prometheusProgram ?? '', {
        config: () => configOf({ replica, rules, targets, exporter }),
        arguments: ['--rules.alert.resend-delay=1s'],
      })
      closing.push(async () => {
        await prometheus.stop()
        rmSync(directory, { recursive: true })
      })
      return prometheus
    }

    it('of two replicas of a Prometheus fire once, end once, and are seen to fall silent', async () => {
      const address = new URL(server.url).host
      const targets = `
      - api_version: v2
        authorization: { credentials: ${key} }
        static_configs: [{ targets: ['${address}'] }]`
      const first = await openPrometheus('a', 'Broken', targets)
      await openPrometheus('b', 'Broken', targets)
      broken.acme = 1
      await eventually(
        'acme fires',
        () => alerts('Broken'),
        (rows) => firing(rows).includes('acme'),
      )
      broken.bolt = 1
      await eventually(
        'bolt fires',
        () => alerts('Broken'),
        (rows) => firing(rows).length === 2,
      )
      expect((await told('Broken')).map(({ tenantId }) => tenantId).toSorted()).toEqual([
        'acme',
        'bolt',
      ])
      expect((await alerts('Broken')).map(({ action }) => action)).toEqual(['page', 'page'])
      broken.bolt = 0
      await eventually(
        'bolt ends',
        () => alerts('Broken'),
        (rows) => firing(rows).join() === 'acme',
      )
      // What generated rules would say is in our own record.
      expect(await told('TenantBudgetBurnsFast')).toMatchObject([
        { tenantId: 'acme', ownKey: 'requests-fail/page' },
      ])
      expect(await alerts('TenantBudgetBurnsFast')).toEqual([])
      await first.kill()
      broken.acme = 0
      await eventually(
        'acme ends',
        () => alerts('Broken'),
        (rows) => firing(rows).length === 0,
      )
    }, 180_000)

    it('of a cluster of two Alertmanagers fire once each, also when one of them is killed', async () => {
      const ports = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ] as const
      const started = [0, 1].map((place) =>
        startAlertmanager(alertmanagerProgram ?? '', {
          port: ports[place]!,
          clusterPort: ports[2 + place]!,
          peerPort: ports[2 + (1 - place)]!,
          url: `${server.url}/api/v1/alerts/webhook`,
          key,
        }),
      )
      closing.push(async () => {
        for (const each of started) await each.stop()
      })
      for (const port of ports.slice(0, 2)) {
        await eventually(
          'an Alertmanager is ready',
          async () =>
            (await fetch(`http://127.0.0.1:${String(port)}/-/ready`).catch(() => null))?.status,
          (status) => status === 200,
        )
      }
      const targets = `
      - api_version: v2
        static_configs: [{ targets: ['127.0.0.1:${String(ports[0])}', '127.0.0.1:${String(ports[1])}'] }]`
      broken.acme = 0
      await openPrometheus('c', 'Hooked', targets)
      broken.acme = 1
      await eventually(
        'acme fires',
        () => alerts('Hooked'),
        (rows) => firing(rows).join() === 'acme',
      )
      await started[0]!.kill()
      broken.bolt = 1
      await eventually(
        'bolt fires',
        () => alerts('Hooked'),
        (rows) => firing(rows).length === 2,
      )
      broken.acme = 0
      broken.bolt = 0
      await eventually(
        'both end',
        () => alerts('Hooked'),
        (rows) => firing(rows).length === 0,
      )
      expect(await alerts('Hooked')).toHaveLength(2)
    }, 180_000)
  },
)

/** One of its own, and one as our own generated rules have it. */
function rulesOf(name: string): string {
  return `groups:
  - name: g
    interval: 1s
    rules:
      - alert: ${name}
        expr: broken == 1
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.tenant }} is broken: {{ $value }} "ü" 🙂' }
      - alert: TenantBudgetBurnsFast
        expr: broken{tenant="acme"} == 1
        labels: { slo: error-rate, cause: requests-fail, action: page, speed: fast }
`
}

function configOf(parts: {
  readonly replica: string
  readonly rules: string
  readonly targets: string
  readonly exporter: Server
}): string {
  const { port } = parts.exporter.address() as AddressInfo
  return `global:
  scrape_interval: 1s
  evaluation_interval: 1s
  external_labels: { prometheus_replica: ${parts.replica} }
rule_files: ['${parts.rules}']
alerting:
  alertmanagers:${parts.targets}
scrape_configs:
  - job_name: exporter
    static_configs: [{ targets: ['127.0.0.1:${String(port)}'] }]
`
}

interface AlertmanagerOptions {
  readonly port: number
  readonly clusterPort: number
  readonly peerPort: number
  readonly url: string
  readonly key: string
}

function startAlertmanager(program: string, options: AlertmanagerOptions) {
  const { port, clusterPort, peerPort, url, key } = options
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-alertmanager-'))
  const config = join(directory, 'alertmanager.yml')
  writeFileSync(
    config,
    `route: { receiver: tenantry, group_by: [alertname, tenant], group_wait: 1s, group_interval: 2s, repeat_interval: 1m }
receivers:
  - name: tenantry
    webhook_configs:
      - url: ${url}
        http_config: { authorization: { credentials: ${key} } }
`,
  )
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${String(port)}`,
      `--cluster.listen-address=127.0.0.1:${String(clusterPort)}`,
      `--cluster.peer=127.0.0.1:${String(peerPort)}`,
      '--cluster.settle-timeout=1s',
      '--cluster.peer-timeout=2s',
    ],
    { stdio: 'ignore' },
  )
  let isOver = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (isOver) return
    isOver = true
    await endProcess(child, signal)
  }
  return {
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      rmSync(directory, { recursive: true })
    },
  }
}
