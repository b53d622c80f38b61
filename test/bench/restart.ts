/**
 * The death of a machine: a server is killed with as much log as one may have that was not checkpointed, its data directory is copied to
 * another place, and a server is started there. How long until it is ready, and whether it knows all that had been acknowledged.
 * Run: npm run bench -- restart [--json]
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../src/core/assert.ts'
import { MIB } from '../../src/core/units.ts'
import { sampleValue, startServer, type TestServer } from '../system/harness/server.ts'
import { meets, progress, report, type Figure } from './figure.ts'
import { cpuSecondsOf, drive, payloadOptions, ROUNDS } from './ingest-drive.ts'
import { tenantName } from './payloads.ts'

/** No checkpoint comes in between, as if each one failed. */
const env = { TENANTRY_LOG_LEVEL: 'error', TENANTRY_CHECKPOINT_TAIL_BYTES: String(1_024 * MIB) }

async function fill(server: TestServer): Promise<void> {
  for (let index = 0; index < payloadOptions.tenants; index += 1) {
    const tenantId = tenantName(index)
    const common = { region: 'eu', isolation: 'shared', tier: 'starter' }
    await server.createTenant({ tenantId, name: tenantId, ...common })
  }
  const key = await server.createKey('collector')
  const headers = { authorization: `Bearer ${key}` }
  await drive({ url: server.url, pid: server.pid, headers })
}

async function secondsOf(work: () => Promise<void> | void): Promise<number> {
  const startMs = performance.now()
  await work()
  return (performance.now() - startMs) / 1_000
}

async function main(): Promise<void> {
  const other = mkdtempSync(join(tmpdir(), 'tenantry-bench-restart-'))
  progress('filling the log')
  const first = await startServer({ env })
  await fill(first)
  const lagBytes =
    sampleValue(await first.text('/metrics'), 'tenantry_checkpoint_lag_bytes', {}) ?? 0
  await first.stop('SIGKILL')
  const data = join(other, 'data')
  const copySeconds = await secondsOf(() => cpSync(first.dataDirectory, data, { recursive: true }))
  let second: TestServer | undefined
  const startSeconds = await secondsOf(async () => {
    second = await startServer({ env, dataDirectory: data })
    const ready = await fetch(`${second.url}/readyz`)
    assert(ready.status === 200, 'it is ready once it listens')
  })
  const { user, system } = cpuSecondsOf(second!.pid)
  const page = await second!.text('/metrics')
  const series = sampleValue(page, 'tenantry_series', {})
  await second!.stop()
  first.remove()
  rmSync(other, { recursive: true, force: true })
  const least = payloadOptions.series
  assert((series ?? 0) >= least, `all series are known: ${series} of ${least}`)
  const figures: Figure[] = [
    { name: 'samples acknowledged', value: ROUNDS * payloadOptions.series, unit: 'samples' },
    { name: 'log to be replayed', value: lagBytes / MIB, unit: 'MiB' },
    { name: 'copy of the data directory', value: copySeconds, unit: 's' },
    { name: 'start there until ready', value: startSeconds, unit: 's' },
    { name: 'start there until ready, CPU', value: user + system, unit: 's CPU', must: '<= 15' },
  ]
  figures.forEach(report)
  if (!figures.every(meets)) process.exitCode = 1
}

await main()
