/**
 * What a real Prometheus spends on one evaluation of one SLO of one tenant by rules of Sloth's shape: 17 rules over 3 days of raw series and 30
 * days of what was recorded. The CPU of the idle process is taken off.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../src/core/assert.ts'
import { startPrometheus, type TestPrometheus } from '../system/harness/prometheus.ts'
import { delay } from '../system/harness/server.ts'
import { tenantName } from './payloads.ts'
import { sendHistory, slothHistory, tenantHistory } from './rules-history.ts'
import { slothGroups } from './sloth-shape.ts'

const SLO = 'error-rate'
/** Once a second, so that the idle process weighs little beside it. */
const INTERVAL = '1s'
const MEASURED_SECONDS = 20
const OPTIONS = [
  '--web.enable-remote-write-receiver',
  // One block for the whole history, so that no compaction is measured.
  '--storage.tsdb.min-block-duration=70d',
  '--storage.tsdb.max-block-duration=70d',
  '--storage.tsdb.retention.time=200d',
]

/** Units: milliseconds of CPU. */
export async function slothEvaluationMs(program: string): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-slo-peer-'))
  const file = join(directory, 'rules.json')
  const requests = 'tenantry_tenant_requests_total'
  const own = `tenant="${tenantName(0)}"`
  const slo = {
    tenant: tenantName(0),
    slo: SLO,
    bad: (window: string) => `sum(rate(${requests}{${own}, status_class="5xx"}[${window}]))`,
    total: (window: string) => `sum(rate(${requests}{${own}}[${window}]))`,
  }
  writeFileSync(file, JSON.stringify({ groups: slothGroups(slo, INTERVAL) }))
  const prometheus = await startPrometheus(program, { config: () => '{}', arguments: OPTIONS })
  try {
    const nowSeconds = Math.floor(Date.now() / 60_000) * 60
    const history = { nowSeconds, tenants: 1, slothTenants: 1, aheadSeconds: 240 }
    await sendHistory(prometheus.url, tenantHistory(history))
    await sendHistory(prometheus.url, slothHistory(history, [SLO]))
    const idleCpuSeconds = await cpuSecondsOf(prometheus)
    await prometheus.restart(JSON.stringify({ rule_files: [file] }), () => {})
    const busyCpuSeconds = await cpuSecondsOf(prometheus)
    const burn = await prometheus.query('slo:period_burn_rate:ratio')
    assert(burn !== undefined && burn > 0, 'the rules read what was sent')
    return (1_000 * (busyCpuSeconds - idleCpuSeconds)) / MEASURED_SECONDS
  } finally {
    await prometheus.stop()
    rmSync(directory, { recursive: true })
  }
}

/** Waits until a start has settled, then tells what the process spends. */
async function cpuSecondsOf({ url }: TestPrometheus): Promise<number> {
  const spent = async (): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1])
  }
  await delay(5_000)
  const before = await spent()
  await delay(MEASURED_SECONDS * 1_000)
  return (await spent()) - before
}
