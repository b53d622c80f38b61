/** Gauges that are subtracted: what is used, told as a whole and what is left of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { mappingSchema, type MappingRow } from '../../../src/domain/tenants/tenants.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openBench, otlp, remoteWrite, STALE, type Labels, type Series } from './writing.ts'

const acme = tenantId('acme')
const T = 1_700_000_000_000
const SCRAPE_MS = 15_000
const GIB = 2 ** 30

type Value = number | typeof STALE

const series = (name: string, labels: Labels, atMs: number, value: Value): Series => ({
  labels: { __name__: name, tenant: 'acme', instance: 'n1', ...labels },
  samples: [[atMs, value]],
})

const memory = (atMs: number, total: Value, available: Value, labels: Labels = {}): Series[] => [
  series('node_memory_MemTotal_bytes', labels, atMs, total),
  series('node_memory_MemAvailable_bytes', labels, atMs, available),
]

const disk = (atMs: number, labels: Labels, size: number, free: number): Series[] => [
  series('node_filesystem_size_bytes', labels, atMs, size),
  series('node_filesystem_free_bytes', labels, atMs, free),
]

/** Rules that a test can change. */
function ruleBook(...given: object[]) {
  const book = { mapping: rows(...given) }
  return {
    book,
    rules: {
      attribution: () => [],
      mapping: () => book.mapping,
      digest: () => JSON.stringify(book),
    },
  }
}

const rows = (...given: object[]): MappingRow[] => mappingSchema.parse({ rows: given }).rows

describe('memory of a host', () => {
  it('is all of it without what programs could have, host by host', () => {
    const bench = openBench()
    bench.write(remoteWrite(memory(T, 16 * GIB, 10 * GIB)), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(6 * GIB)
    bench.write(remoteWrite(memory(T, 8 * GIB, 7 * GIB, { instance: 'n2' })), T)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(7 * GIB)
    const later = T + SCRAPE_MS
    bench.write(remoteWrite(memory(later, 16 * GIB, 9 * GIB)), later)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(8 * GIB)
  })

  it('is gone with the host, whether it says so or falls silent', () => {
    const bench = openBench()
    bench.write(remoteWrite(memory(T, 16, 10)), T)
    bench.write(remoteWrite(memory(T, 8, 7, { instance: 'n2' })), T)
    bench.write(remoteWrite(memory(T + SCRAPE_MS, STALE, STALE)), T + SCRAPE_MS)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(1)
    bench.metrics.closeMinute(T + 10 * 60_000)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(0)
  })

  it('goes on after a restart', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ bulk })
    before.write(remoteWrite(memory(T, 16, 10)), T)
    const { writes } = before.metrics.checkpoint()
    await bulk.commit({ file: 'shared', logPosition: 1, writes })
    const after = openBench({ bulk })
    after.metrics.restore()
    expect(after.metrics.totals(acme).memoryBytes).toBe(6)
    const repeated = after.write(remoteWrite(memory(T, 16, 10)), T)
    expect(repeated).toMatchObject({ duplicate: 2, discarded: {} })
    after.write(remoteWrite(memory(T + SCRAPE_MS, 16, 4)), T + SCRAPE_MS)
    expect(after.metrics.totals(acme).memoryBytes).toBe(12)
  })
})

describe('disks of a host', () => {
  it('hold what is not free, each once, and none that are in memory or elsewhere', () => {
    const bench = openBench()
    const none = [
      { fstype: 'tmpfs', mountpoint: '/run' },
      { fstype: 'nfs4', mountpoint: '/mnt' },
      { fstype: 'ext4', mountpoint: '/var/lib/kubelet/pods/1/volumes/a/mount' },
    ].flatMap((labels) => disk(T, labels, 1_000, 0))
    const root = disk(T, { fstype: 'ext4', mountpoint: '/' }, 100, 60)
    const data = disk(T, { fstype: 'xfs', mountpoint: '/data' }, 200, 50)
    bench.write(remoteWrite([...none, ...root, ...data]), T)
    expect(bench.metrics.totals(acme).storageBytes).toBe(190)
  })
})

describe('a row of the operator that subtracts', () => {
  const pool = { metric: 'pool_kib', shape: 'gauge', signal: 'memory', scale: 1_024 }
  const free = { metric: 'pool_free_kib', shape: 'gauge', signal: 'memory', scale: -1_024 }

  it('is followed when its sign comes and goes', () => {
    const { book, rules } = ruleBook(pool)
    const bench = openBench({ rules })
    const write = (step: number, whole: number, rest: number): number | null => {
      const atMs = T + step * SCRAPE_MS
      const both = [series('pool_kib', {}, atMs, whole), series('pool_free_kib', {}, atMs, rest)]
      bench.write(remoteWrite(both), atMs)
      return bench.metrics.totals(acme).memoryBytes
    }
    expect(write(0, 100, 30)).toBe(100 * 1_024)
    book.mapping = rows(pool, free)
    expect(write(1, 100, 30)).toBe(70 * 1_024)
    book.mapping = rows(pool, { ...free, scale: 1_024 })
    expect(write(2, 100, 40)).toBe(140 * 1_024)
    book.mapping = rows(pool, free)
    expect(write(3, 100, 45)).toBe(55 * 1_024)
    book.mapping = rows(pool)
    expect(write(4, 100, 50)).toBe(100 * 1_024)
  })

  it('keeps what a series last told when its sign turns without a sample of it', () => {
    const { book, rules } = ruleBook(pool, free)
    const bench = openBench({ rules })
    const both = [series('pool_kib', {}, T, 100), series('pool_free_kib', {}, T, 30)]
    bench.write(remoteWrite(both), T)
    book.mapping = rows(pool, { ...free, scale: 1_024 })
    bench.write(remoteWrite([series('pool_kib', {}, T + 1, 100)]), T + 1)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(130 * 1_024)
  })

  it('holds for sums that tell only their changes', () => {
    const { rules } = ruleBook(pool, free)
    const bench = openBench({ rules })
    const changes = (atMs: number, whole: number, rest: number): Uint8Array =>
      otlp(
        { 'tenant.id': 'acme' },
        [
          { name: 'pool_kib', change: whole },
          { name: 'pool_free_kib', change: rest },
        ].map(({ name, change }) => ({
          name,
          unit: '',
          kind: 'sum',
          temporality: 1,
          monotonic: false,
          points: [{ startMs: atMs - 1_000, atMs, value: change }],
        })),
      )
    bench.writeOtlp(changes(T, 100, 30), T)
    bench.writeOtlp(changes(T + 1_000, 20, -10), T + 1_000)
    expect(bench.metrics.totals(acme).memoryBytes).toBe(100 * 1_024)
  })

  it('comes to the whole without the rest, whatever comes in which order', () => {
    const point = fc.record({
      instance: fc.constantFrom('a', 'b'),
      isFree: fc.boolean(),
      value: fc.oneof(fc.integer({ min: -5, max: 1_000 }), fc.constant<typeof STALE>(STALE)),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (points) => {
        const bench = openBench({ rules: ruleBook(pool, free).rules })
        const present = new Map<string, number>()
        points.forEach(({ instance, isFree, value }, index) => {
          const name = isFree ? 'pool_free_kib' : 'pool_kib'
          const atMs = T + index * 1_000
          bench.write(remoteWrite([series(name, { instance }, atMs, value)]), atMs)
          const amount = value === STALE ? 0 : isFree ? -value : value
          present.set(`${name} ${instance}`, amount)
        })
        const used = [...present.values()].reduce((sum, amount) => sum + amount, 0)
        expect(bench.metrics.totals(acme).memoryBytes ?? 0).toBeCloseTo(used * 1_024)
      }),
    )
  })

  it.each([
    [{ ...pool, scale: 0 }, 'scale: is 0: nothing would be left of the metric'],
    [{ ...pool, shape: 'counter', signal: 'cpu', scale: -1 }, 'scale: is negative: only a gauge'],
    [{ ...pool, signal: 'probes', scale: -1 }, 'scale: is negative: only a gauge'],
    [{ ...pool, shape: 'histogram', signal: 'duration', scale: -1 }, 'scale: is negative'],
  ])('is refused where nothing can be subtracted: %o', (row, message) => {
    const { error } = mappingSchema.safeParse({ rows: [row] })
    const told = error?.issues.map(({ path, message: text }) => `${String(path.at(-1))}: ${text}`)
    expect(told?.some((text) => text.startsWith(message))).toBe(true)
  })
})
