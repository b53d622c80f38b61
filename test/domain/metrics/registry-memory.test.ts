/**
 * A registry and rules that change between writes: a replay goes by what was known when a write came, whatever is known since.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId, type TenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import type { AttributionRule } from '../../../src/domain/tenants/tenants.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { gainsByName, openBench, remoteWrite, type Bench } from './writing.ts'

const T = 1_700_000_000_000
const TENANTS = ['acme', 'bolt', 'cold'].map(tenantId)

/** What lives in the control file: it survives a crash as it is. */
function openRegistry() {
  const names = new Map<string, TenantId>()
  let generation = 1
  let attribution: AttributionRule[] = []
  return {
    resolver: { resolve: (name: string) => names.get(name), generation: () => generation },
    rules: {
      attribution: () => attribution,
      mapping: () => [],
      digest: () => JSON.stringify(attribution),
    },
    name(text: string, meaning: TenantId | null): void {
      if (meaning === null) names.delete(text)
      else names.set(text, meaning)
      generation += 1
    },
    attribute(rules: AttributionRule[]): void {
      attribution = rules
    },
  }
}
type Registry = ReturnType<typeof openRegistry>

type Event =
  | { readonly what: 'write'; readonly bytes: Uint8Array; readonly atMs: number }
  | { readonly what: 'change'; readonly change: (registry: Registry) => void }

function randomEvents(seed: number): Event[] {
  const prng = openPrng(seed)
  const pick = <V>(values: readonly V[]): V => values[prng.below(values.length)]!
  return Array.from({ length: 60 }, (_, index): Event => {
    const atMs = T + index * 10_000
    const [name, meaning, place] = [
      pick(['a', 'b', 'c']),
      pick([...TENANTS, null]),
      pick(['x', 'y']),
    ]
    switch (prng.below(6)) {
      case 0:
        return { what: 'change', change: (registry) => registry.name(name, meaning) }
      case 1: {
        const rules = meaning === null ? [] : [{ namespace: place, tenant: name }]
        return { what: 'change', change: (registry) => registry.attribute(rules) }
      }
      default: {
        const labels = prng.below(2) === 0 ? { tenant: name } : { namespace: place }
        const metric = pick(['process_cpu_seconds_total', 'process_resident_memory_bytes'])
        const series = {
          labels: { __name__: metric, ...labels },
          samples: [[atMs, 10 * index]] as [number, number][],
        }
        return { what: 'write', bytes: remoteWrite([series]), atMs }
      }
    }
  })
}

interface LogEntry {
  readonly decisions: Uint8Array | null
  readonly bytes: Uint8Array
  readonly atMs: number
}

type Sums = Record<string, number>

function drainInto(bench: Bench, sums: Sums): void {
  const gains = gainsByName(bench.metrics.cells(), bench.metrics.drain(0))
  for (const [name, gain] of Object.entries(gains)) sums[name] = (sums[name] ?? 0) + gain
}

/** Writes as the ingest door does: what was decided goes to the log before the write. */
function write(
  bench: Bench,
  log: LogEntry[],
  { bytes, atMs }: { bytes: Uint8Array; atMs: number },
) {
  bench.write(bytes, atMs)
  log.push({ decisions: bench.metrics.decisions(), bytes, atMs })
  bench.metrics.confirmDecisions()
}

function replay(bench: Bench, log: readonly LogEntry[]): void {
  for (const { decisions, bytes, atMs } of log) {
    if (decisions !== null) bench.metrics.learn(decisions)
    bench.replay(bytes, atMs)
  }
}

const figures = (bench: Bench, sums: Sums) => {
  drainInto(bench, sums)
  const totals = TENANTS.map((id) => bench.metrics.totals(id))
  return { sums, totals, accounts: bench.metrics.stats().accounts }
}

async function run(events: readonly Event[], crashes: (at: number) => 'crash' | 'save' | null) {
  const registry = openRegistry()
  const bulk = openBulkInline({ directory: ':memory:' })
  const open = () => openBench({ bulk, resolver: registry.resolver, rules: registry.rules })
  let bench = open()
  let log: LogEntry[] = []
  let [sums, kept]: Sums[] = [{}, {}]
  for (const [at, event] of events.entries()) {
    if (event.what === 'change') event.change(registry)
    else write(bench, log, event)
    const what = crashes(at)
    if (what === 'save') {
      drainInto(bench, sums!)
      const { writes } = bench.metrics.checkpoint()
      await bulk.commit({ file: 'shared', logPosition: at + 1, writes })
      bench.metrics.confirm(true)
      kept = { ...sums! }
      log = []
    } else if (what === 'crash') {
      bench = open()
      bench.metrics.restore()
      replay(bench, log)
      sums = { ...kept! }
    }
  }
  return figures(bench, sums!)
}

describe('a crash while the registry changes', () => {
  it('changes no figure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (dataSeed, crashSeed) => {
        const events = randomEvents(dataSeed)
        const prng = openPrng(crashSeed)
        const crashing = await run(events, () => {
          const dice = prng.below(8)
          return dice === 0 ? 'crash' : dice === 1 ? 'save' : null
        })
        expect(crashing).toEqual(await run(events, () => null))
      }),
      { numRuns: 60 },
    )
  })

  it('attributes a sample that came before its tenant was made to nobody, as it was', () => {
    const registry = openRegistry()
    const bench = openBench({ resolver: registry.resolver, rules: registry.rules })
    const log: LogEntry[] = []
    const cpu = (atMs: number, value: number) => ({
      bytes: remoteWrite([
        {
          labels: { __name__: 'process_cpu_seconds_total', tenant: 'a' },
          samples: [[atMs, value]],
        },
      ]),
      atMs,
    })
    write(bench, log, cpu(T, 1))
    registry.name('a', TENANTS[0]!)
    write(bench, log, cpu(T + 1_000, 4))
    expect(log.map(({ decisions }) => decisions !== null)).toEqual([true, true])
    const again = openBench({ resolver: registry.resolver, rules: registry.rules })
    replay(again, log)
    expect(again.metrics.stats().accounts).toMatchObject({ attributed: 1, unattributed: 1 })
    expect(again.gains()).toEqual({ 'acme cpu': 3 })
  })
})
