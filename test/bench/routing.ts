/**
 * Alerts in, routed and written: 10,000 alerts of 1,000 tenants posted as a Prometheus posts them, 64 at a time over four connections, to the real
 * server with its outbox; then told again, then ended. The same bytes go to a real Alertmanager, which keeps them in memory alone. What fires afterwards must
 * be what was told.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../system/harness/ports.ts'
import { endProcess, eventually, sampleValue, startServer } from '../system/harness/server.ts'
import { requireTool } from '../tools/find-tool.ts'
import { report } from './figure.ts'
import { cpuSecondsOf } from './ingest-drive.ts'
import { tenantName } from './payloads.ts'

const TENANTS = 1_000
const ALERTS = 10_000
const A_POST = 64
const CONNECTIONS = 4
const TIERS = ['enterprise', 'professional', 'starter'] as const
const STEPS = ['fired', 'told again', 'ended'] as const
type Step = (typeof STEPS)[number]

interface Target {
  readonly url: string
  readonly pid: number
  readonly headers: Readonly<Record<string, string>>
}

const startedAtMs = Date.now()
const ours = await measureTenantry()
const theirs = await measureAlertmanager()
for (const step of STEPS) {
  const value = ours[step]
  const peerValue = theirs?.[step]
  report({
    name: `alerts ${step}`,
    value,
    unit: 'alerts/CPU-s',
    ...(step === 'fired' ? { must: '>= 5000' } : {}),
    ...(peerValue === undefined
      ? {}
      : { peer: 'Alertmanager, nothing written', peerValue, ratio: value / peerValue }),
  })
}

async function measureTenantry(): Promise<Record<Step, number>> {
  const server = await startServer({ env: { TENANTRY_LOG_LEVEL: 'error' } })
  try {
    for (let index = 0; index < TENANTS; index += 1) {
      const tenantId = tenantName(index)
      const tier = TIERS[index % TIERS.length]!
      const rest = { tier, region: 'eu', isolation: 'shared' } as const
      await server.createTenant({ tenantId, name: tenantId, ...rest })
    }
    const key = await server.createKey('collector')
    const figures = await drive(
      { url: server.url, pid: server.pid, headers: { authorization: `Bearer ${key}` } },
      async (step) => {
        const { body } = await server.api<{ items: unknown[] }>(
          '/api/v1/alerts?state=firing&limit=1',
        )
        const page = await server.text('/metrics')
        const counted = sampleValue(page, 'tenantry_foreign_alerts_total', {
          outcome: step === 'fired' ? 'fired' : step === 'ended' ? 'resolved' : 'held',
        })
        if (counted !== ALERTS) throw new Error(`${step}: ${String(counted)} of ${String(ALERTS)}`)
        if (body.items.length > 0 === (step === 'ended')) throw new Error(`${step}: what fires`)
      },
    )
    return figures
  } finally {
    await server.stop()
    server.remove()
  }
}

async function measureAlertmanager(): Promise<Record<Step, number> | undefined> {
  const program = requireTool('alertmanager')
  if (program === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  const port = await freePort()
  const config = join(directory, 'alertmanager.yml')
  writeFileSync(
    config,
    'route: { receiver: none, group_by: [tenant] }\nreceivers: [{ name: none }]\n',
  )
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${String(port)}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${String(port)}`
  try {
    await eventually(
      'the Alertmanager is ready',
      async () => (await fetch(`${url}/-/ready`).catch(() => null))?.status,
      (status) => status === 200,
    )
    return await drive({ url, pid: child.pid ?? 0, headers: {} }, async (step) => {
      if (step === 'ended') return
      const answer = await fetch(`${url}/api/v2/alerts`)
      const count = ((await answer.json()) as unknown[]).length
      if (count !== ALERTS) throw new Error(`Alertmanager has ${String(count)}`)
    })
  } finally {
    await endProcess(child, 'SIGTERM')
    rmSync(directory, { recursive: true })
  }
}

async function drive(
  target: Target,
  check: (step: Step) => Promise<void>,
): Promise<Record<Step, number>> {
  const figures: Partial<Record<Step, number>> = {}
  for (const step of STEPS) {
    const posts = postsOf(step)
    const before = cpuSecondsOf(target.pid)
    let next = 0
    const worker = async (): Promise<void> => {
      for (let body = posts[next++]; body !== undefined; body = posts[next++]) {
        const response = await fetch(`${target.url}/api/v2/alerts`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', ...target.headers },
        })
        await response.text()
        if (response.status !== 200) throw new Error(`answered ${String(response.status)}`)
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, worker))
    const after = cpuSecondsOf(target.pid)
    figures[step] = ALERTS / (after.user + after.system - before.user - before.system)
    await check(step)
  }
  return figures as Record<Step, number>
}

function postsOf(step: Step): string[] {
  const endsAtMs = step === 'ended' ? startedAtMs - 1_000 : startedAtMs + 3_600_000
  const alerts = Array.from({ length: ALERTS }, (_, index) => ({
    labels: {
      alertname: 'QueueTooLong',
      tenant: tenantName(index % TENANTS),
      queue: `queue-${String(Math.floor(index / TENANTS))}`,
      severity: index % 2 === 0 ? 'critical' : 'warning',
      region: 'eu',
    },
    annotations: { summary: 'The queue is too long', runbook_url: 'https://example.com/queue' },
    startsAt: new Date(startedAtMs - 60_000).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    generatorURL: 'http://prometheus.example.com/graph?g0.expr=queue_length+%3E+1000',
  }))
  return Array.from({ length: Math.ceil(ALERTS / A_POST) }, (_, post) =>
    JSON.stringify(alerts.slice(post * A_POST, (post + 1) * A_POST)),
  )
}
