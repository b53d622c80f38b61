import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openPrng } from '../../../../src/core/prng.ts'
import { temporaryDirectories } from '../../../machinery/support/temporary-directory.ts'
import type { Series } from '../../../domain/metrics/writing.ts'
import { answer, MemoryEngine, type Fault } from './engine.ts'
import { NOW_MS, runOutlet } from './outlet-run.ts'
import { boundTo, kept, openSource, PLATFORM_KEY } from './source.ts'

const directory = temporaryDirectories()
const TENANTS = ['acme', 'bolt', 'cargo']
const TYPES = ['prometheus', 'mimir', 'victoriametrics', 'victoriametrics-cluster'] as const

/** Answers after which everything is to be sent again. */
const FAULTS: readonly Fault[] = [
  { answer: answer(503, 'overloaded'), keeps: false },
  { answer: answer(500, 'after it was written'), keeps: true },
  { answer: answer(429, 'slowly', { 'retry-after': '1' }), keeps: false },
  { answer: answer(0, 'socket hang up'), keeps: true },
  { answer: answer(0, 'connect ECONNREFUSED'), keeps: false },
  { answer: answer(401, 'who are you'), keeps: false },
]

/** What a test wrote: by tenant, in the labels that are expected to go out. */
class Written {
  readonly samples = new Map<string, [atMs: number, value: number][]>()
  accepted = 0

  add(labels: Readonly<Record<string, string>>, atMs: number, value: number): void {
    const key = JSON.stringify(sorted(labels))
    this.samples.set(key, [...(this.samples.get(key) ?? []), [atMs, value]])
  }
}

function simulate(seed: number, isKilled: boolean) {
  const random = openPrng(seed)
  const source = openSource(directory(), { segmentBytes: 2_000 + random.below(4_000) })
  for (const tenant of TENANTS) source.name(tenant)
  source.name('Acme Inc', 'acme')
  const engine = new MemoryEngine()
  const type = TYPES[random.below(TYPES.length)]!
  const run = runOutlet(source, engine, {
    tenants: TENANTS,
    seed,
    target: { type, shards: 1 + random.below(5), maxSamplesPerSend: 1 + random.below(30) },
  })
  engine.pause = () => run.clock.sleep(random.below(400))
  engine.fault = () => (random.next() < 0.3 ? FAULTS[random.below(FAULTS.length)]! : null)
  const written = new Written()
  let atMs = NOW_MS

  const write = (): void => {
    const tenant = TENANTS[random.below(TENANTS.length)]!
    const isBound = random.next() < 0.3
    const series: Series[] = []
    for (let index = 0; index <= random.below(12); index += 1) {
      const metric = `m${index}_total`
      const labels = { __name__: metric, job: 'api', ...(isBound ? {} : { tenant_id: tenant }) }
      const samples = Array.from({ length: 1 + random.below(3) }, (_, step): [number, number] => [
        atMs + step,
        random.below(1_000_000),
      ])
      series.push({ labels, samples })
      const sent = { ...labels, tenant_id: tenant }
      for (const [time, value] of samples) written.add(sent, time, value)
    }
    if (random.next() < 0.3) {
      series.push({ labels: { __name__: 'nobodys', tenant_id: 'unknown' }, samples: [[atMs, 1]] })
    }
    atMs += 10
    const context = isBound ? boundTo(tenant) : PLATFORM_KEY
    written.accepted += kept(source.write(series, atMs, context)).attributed
  }

  return { source, engine, run, written, write, random, isKilled, type }
}

async function go(seed: number, isKilled: boolean) {
  const test = simulate(seed, isKilled)
  const { run, random, engine } = test
  for (let step = 0; step < 40; step += 1) {
    if (random.next() < 0.7) test.write()
    await run.pass(50 * random.below(6))
    if (random.next() < 0.4) run.report()
    if (isKilled && random.next() < 0.1) run.kill()
  }
  engine.fault = () => null
  await run.drain()
  return test
}

function sorted(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1))
}

/** What arrived, in the labels of the sender with the tenant's. */
function arrived(engine: MemoryEngine): Map<string, [number, number][]> {
  const all = new Map<string, [number, number][]>()
  for (const samples of engine.series.values()) {
    const { vm_account_id: _account, vm_project_id: _project, ...labels } = samples[0]!.labels
    const key = JSON.stringify(sorted(labels))
    all.set(
      key,
      samples.map(({ atMs, value }) => [atMs, value as number]),
    )
  }
  return all
}

describe('an outlet', () => {
  it('brings every accepted sample once and in order, whatever an engine answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { engine, run, written, source } = await go(seed, false)
        expect(Object.fromEntries(arrived(engine))).toEqual(Object.fromEntries(written.samples))
        expect(engine.outOfOrder).toBe(0)
        const { outcomes, read, left } = run.totals.of('engine')
        expect(outcomes).toEqual(written.accepted === 0 ? {} : { sent: written.accepted })
        const leftSamples = Object.values(left).reduce((sum, samples) => sum + samples, 0)
        expect(read).toBe(written.accepted + leftSamples)
        source.close()
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('loses nothing and keeps the order when the process is killed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { engine, written, source } = await go(seed, true)
        expect(Object.fromEntries(arrived(engine))).toEqual(Object.fromEntries(written.samples))
        source.close()
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})
