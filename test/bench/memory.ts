/**
 * Resident memory an active series: how much more a process holds with 500,000 series with ten labels than with 100,000, so that what it
 * holds anyway does not count. Each series sends three samples; what a checkpoint copies for a while is in it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { sampleValue, startServer } from '../system/harness/server.ts'
import { progress, report } from './figure.ts'
import { openAgent, residentBytesOf, sendAll, type Target } from './ingest-drive.ts'
import { REMOTE_WRITE } from './ingest-formats.ts'
import { PEERS, withPeer } from './ingest-peers.ts'
import { INGEST_PAYLOADS, openPayloads, tenantName } from './payloads.ts'

const FEW = 100_000
const MORE = 400_000
const ROUNDS = 3
/** A checkpoint comes once a minute, and a peer collects its garbage. */
const SETTLE_MS = 70_000

progress(
  `each process takes ${String((2 * SETTLE_MS) / 1_000)} s and the time to send 1.5 million samples`,
)
const ours = await measureTenantry()
report({ name: 'resident memory', value: ours, unit: 'bytes/series', must: '<= 600' })
for (const peer of PEERS) {
  progress(peer.name)
  const theirs = await withPeer(peer, bytesPerSeries)
  if (theirs === undefined) continue
  report({
    name: `resident memory against ${peer.name}`,
    value: ours,
    unit: 'bytes/series',
    peer: peer.name,
    peerValue: theirs,
    ratio: ours / theirs,
  })
}

async function measureTenantry(): Promise<number> {
  const server = await startServer({ env: { TENANTRY_LOG_LEVEL: 'warn' } })
  try {
    for (let index = 0; index < INGEST_PAYLOADS.tenants; index += 1) {
      const tenantId = tenantName(index)
      await server.createTenant({
        tenantId,
        name: tenantId,
        tier: 'enterprise',
        region: 'eu',
        isolation: 'shared',
      })
    }
    const key = await server.createKey('collector')
    const headers = { authorization: `Bearer ${key}` }
    const bytes = await bytesPerSeries({ url: server.url, pid: server.pid, headers })
    const series = sampleValue(await server.text('/metrics'), 'tenantry_series', {}) ?? 0
    if (series < 0.99 * (FEW + MORE)) throw new Error(`there are ${String(series)} series`)
    return bytes
  } finally {
    await server.stop()
    server.remove()
  }
}

async function bytesPerSeries(target: Target): Promise<number> {
  await send(target, FEW, 1)
  progress(`${String(FEW)} series are sent, waiting for the process to settle`)
  await delay(SETTLE_MS)
  const before = residentBytesOf(target.pid)
  await send(target, MORE, 2)
  progress(`${String(MORE)} more are sent, waiting again`)
  await delay(SETTLE_MS)
  return (residentBytesOf(target.pid) - before) / MORE
}

async function send(target: Target, series: number, seed: number): Promise<void> {
  const agent = openAgent()
  const payloads = openPayloads({
    ...INGEST_PAYLOADS,
    seed,
    series,
    churnRatio: 0,
    startMs: Date.now() - ROUNDS * INGEST_PAYLOADS.stepSeconds * 1_000,
  })
  for (let round = 0; round < ROUNDS; round += 1) {
    await sendAll(target, REMOTE_WRITE, agent, REMOTE_WRITE.bodies(payloads.nextRound()))
  }
  agent.destroy()
}
