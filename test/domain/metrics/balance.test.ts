/** Every sample is accounted for, and a figure that does not add up is noticed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import { Accounts } from '../../../src/domain/metrics/accounts.ts'
import { imbalances } from '../../../src/domain/metrics/balance.ts'
import { TenantAccounts } from '../../../src/domain/metrics/tenant-accounts.ts'
import { TenantTable } from '../../../src/domain/metrics/tenant-table.ts'
import { openBench, otlp, remoteWrite } from './writing.ts'

const T = 1_700_000_000_000

function balanced() {
  const accounts = new Accounts()
  const tenantAccounts = new TenantAccounts()
  const tenants = new TenantTable()
  const acme = tenants.index(tenantId('acme'))
  accounts.add('received', 5)
  accounts.add('attributed', 3)
  accounts.add('duplicate', 1)
  accounts.addDiscarded('too-old', 1)
  tenantAccounts.addShare(acme, 5, 3, 100)
  tenantAccounts.add(acme, 'duplicate', 1)
  tenantAccounts.discard(acme, 'too-old', 1)
  return { accounts, tenantAccounts, tenants, acme }
}

describe('the accounts', () => {
  it('add up when every sample is one of its outcomes', () => {
    const { accounts, tenantAccounts, tenants } = balanced()
    expect(imbalances(accounts, tenantAccounts, tenants)).toEqual([])
  })

  it('do not when a sample has no outcome', () => {
    const { accounts, tenantAccounts, tenants, acme } = balanced()
    accounts.add('received', 1)
    tenantAccounts.addShare(acme, 1, 0, 0)
    expect(imbalances(accounts, tenantAccounts, tenants)).toEqual([
      'received and its outcomes: 6 and 5',
      'received and its outcomes of acme: 6 and 5',
    ])
  })

  it('do not when a sample is counted to no tenant', () => {
    const { accounts, tenantAccounts, tenants } = balanced()
    accounts.add('received', 2)
    accounts.add('duplicate', 2)
    expect(imbalances(accounts, tenantAccounts, tenants)).toEqual([
      'received of all and of the tenants: 7 and 5',
      'duplicate of all and of the tenants: 3 and 1',
    ])
  })
})

describe('a metrics stage', () => {
  it('balances whatever comes', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const prng = openPrng(seed)
        const bench = openBench({
          quotas: { activeSeries: 6, burstSamples: 15, samplesPerSecond: 5 },
          limits: { unattributedSeries: 2, labelsPerSeries: 4 },
          known: (text) => text !== 'nobody',
        })
        for (let step = 0; step < 20; step += 1) {
          const atMs = T + step * 700
          const series = Array.from({ length: prng.below(8) }, () => ({
            labels: {
              __name__: ['http_requests_total', 'queue_depth', ''][prng.below(3)]!,
              ...(prng.below(4) > 0
                ? { tenant: ['acme', 'globex', 'nobody'][prng.below(3)]! }
                : {}),
              pod: `p${prng.below(6)}`,
              ...(prng.below(6) === 0 ? { a: '1', b: '2' } : {}),
              ...(prng.below(3) === 0 ? { cluster: 'eu', __replica__: `r${prng.below(2)}` } : {}),
            },
            samples: [[atMs - prng.below(3) * 1_000, prng.below(9) - 1]] as [number, number][],
          }))
          const context =
            prng.below(3) === 0 ? { boundTenant: tenantId('acme'), namedTenant: null } : undefined
          bench.offer(remoteWrite(series), atMs, context ? { context } : {})
          const points = [{ atMs, value: prng.below(3), attributes: { 'tenant.id': 'acme' } }]
          bench.writeOtlp(otlp({ host: 'h' }, [{ name: 'x', kind: 'gauge', points }]), atMs)
        }
        bench.metrics.closeMinute(T + 20_000)
        expect(bench.counters.read('tenantry_ingest_imbalances_total')).toBe(0)
        const { received } = bench.metrics.stats().accounts
        expect(received).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })
})
