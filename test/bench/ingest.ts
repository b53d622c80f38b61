/**
 * Remote write 1.0 in: 100,000 series with ten labels, 2,000 a request, 20 rounds in shuffled order with 5 % churn and 1 % resets and 40 more
 * of a process that is warm, over four connections, against the real server with its log, mapping, limits, byte check and checkpoints on. The same bytes go to the peers.
 * Rounds come without a pause, but a checkpoint every four of them, as one a minute would with a round each 15 seconds. Then the same series
 * and values in the other formats, a fresh server each; Prometheus takes OTLP as well.
 */
import { MIB } from '../../src/core/units.ts'
import { delay, sampleValue, startServer, type TestServer } from '../system/harness/server.ts'
import { report } from './figure.ts'
import { drive, payloadOptions, ROUNDS, type Measured } from './ingest-drive.ts'
import { OTHER_FORMATS, OTLP, REMOTE_WRITE, type IngestFormat } from './ingest-formats.ts'
import { measurePeer, PEERS } from './ingest-peers.ts'
import { tenantName } from './payloads.ts'

/** What four rounds leave in the log. */
const CHECKPOINT_TAIL_BYTES = 16 * MIB

/** Of one span of time: each reading of the exposition begins the next. */
const LOOP_DELAYS = [
  { quantile: '0.99', must: '<= 20' },
  { quantile: '0.999', must: '<= 50' },
  { quantile: '1', must: '<= 100' },
]

const ours = await measureTenantry(REMOTE_WRITE)
for (const peer of PEERS) {
  const measured = await measurePeer(peer)
  if (measured === undefined) continue
  reportCost(`ingest of ${peer.name}`, measured)
  report({
    name: `ingest against ${peer.name}`,
    value: ours.samplesPerCpuSecond,
    unit: 'samples/CPU-s',
    ...(peer.mustRatio === undefined
      ? {}
      : { must: `>= ${String(peer.mustRatio * measured.samplesPerCpuSecond)}` }),
    peer: peer.name,
    peerValue: measured.samplesPerCpuSecond,
    ratio: ours.samplesPerCpuSecond / measured.samplesPerCpuSecond,
  })
  report({
    name: `ingest against ${peer.name}, both warm`,
    value: ours.laterSamplesPerCpuSecond,
    unit: 'samples/CPU-s',
    peer: peer.name,
    peerValue: measured.laterSamplesPerCpuSecond,
    ratio: ours.laterSamplesPerCpuSecond / measured.laterSamplesPerCpuSecond,
  })
}

for (const format of OTHER_FORMATS) {
  const measured = await measureTenantry(format)
  const peer = format === OTLP ? PEERS.find(({ tool }) => tool === 'prometheus') : undefined
  const theirs = peer && (await measurePeer(peer, format))
  if (theirs === undefined) continue
  report({
    name: `${format.name} against Prometheus`,
    value: measured.samplesPerCpuSecond,
    unit: 'samples/CPU-s',
    peer: 'Prometheus',
    peerValue: theirs.samplesPerCpuSecond,
    ratio: measured.samplesPerCpuSecond / theirs.samplesPerCpuSecond,
  })
}

async function measureTenantry(format: IngestFormat): Promise<Measured> {
  const server = await startServer({
    env: {
      TENANTRY_LOG_LEVEL: 'warn',
      TENANTRY_CHECKPOINT_TAIL_BYTES: String(CHECKPOINT_TAIL_BYTES),
    },
  })
  try {
    await createTenants(server)
    const key = await server.createKey('collector')
    const measured = await drive(
      {
        url: server.url,
        pid: server.pid,
        headers: { authorization: `Bearer ${key}` },
        onWarm: async () => void (await server.text('/metrics')),
      },
      format,
    )
    const page = await server.text('/metrics')
    reportCost(format.name, measured, format === REMOTE_WRITE ? '>= 1000000' : undefined)
    reportLoop(format.name, page)
    await verify(server, format.name, measured.gained)
    return measured
  } finally {
    await server.stop()
    server.remove()
  }
}

async function createTenants(server: TestServer): Promise<void> {
  for (let index = 0; index < payloadOptions.tenants; index += 1) {
    const tenantId = tenantName(index)
    await server.createTenant({
      tenantId,
      name: tenantId,
      tier: 'starter',
      region: 'eu',
      isolation: 'shared',
    })
  }
}

/** Throws when what was counted is not what was sent. */
async function verify(server: TestServer, name: string, gained: number): Promise<void> {
  const attributed = sampleValue(await server.text('/metrics'), 'tenantry_ingest_samples_total', {
    outcome: 'attributed',
  })
  if (attributed !== ROUNDS * payloadOptions.series)
    throw new Error(`attributed ${String(attributed)} samples`)
  const counted = await countedRequests(server)
  if (counted !== gained)
    throw new Error(`counted ${String(counted)} requests, sent ${String(gained)}`)
  report({ name: `${name}, requests counted, as many as sent`, value: counted, unit: 'requests' })
}

/** Adds up all tenants and classes of the exposition, once the tick has booked the last round. */
async function countedRequests(server: TestServer): Promise<number> {
  let last = -1
  for (;;) {
    await delay(6_000)
    const page = await server.text('/metrics/tenants?collect=signals')
    const lines = page
      .split('\n')
      .filter((line) => line.startsWith('tenantry_tenant_requests_total{'))
    const sum = lines.reduce(
      (total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)),
      0,
    )
    if (sum === last) return sum
    last = sum
  }
}

function reportCost(name: string, measured: Measured, must?: string): void {
  const { samplesPerCpuSecond, laterSamplesPerCpuSecond, samplesPerSecond } = measured
  const { systemShare, residentBytes } = measured
  report({
    name,
    value: samplesPerCpuSecond,
    unit: 'samples/CPU-s',
    ...(must === undefined ? {} : { must }),
  })
  report({ name: `${name}, warm`, value: laterSamplesPerCpuSecond, unit: 'samples/CPU-s' })
  report({ name: `${name}, wall time`, value: samplesPerSecond, unit: 'samples/s' })
  report({ name: `${name}, CPU time of the system`, value: 100 * systemShare, unit: '%' })
  report({
    name: `${name}, resident memory`,
    value: residentBytes / payloadOptions.series,
    unit: 'bytes/series',
  })
}

function reportLoop(format: string, page: string): void {
  for (const { quantile, must } of LOOP_DELAYS) {
    const seconds = sampleValue(page, 'tenantry_event_loop_delay_seconds', { quantile }) ?? NaN
    report({
      name: `${format}, event loop late, quantile ${quantile}`,
      value: 1_000 * seconds,
      unit: 'ms',
      must,
    })
  }
  const checkpoints = sampleValue(page, 'tenantry_checkpoint_seconds_count', {}) ?? 0
  report({ name: `${format}, checkpoints meanwhile`, value: checkpoints, unit: '' })
}
