import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../../src/core/ids.ts'
import { EMPTY_BOOK } from '../../../../src/domain/slo/model/slo-book.ts'
import { promiseBookOf, type SloBookSpec } from '../../../../src/domain/slo/slo.ts'
import { readEngineConfig } from '../../../../src/edges/engines/engine-config.ts'
import {
  decidedIn,
  ruleSetsOf,
  SHARED_OWNER,
  whyTooMuch,
  type RuleSet,
} from '../../../../src/edges/engines/rules/rule-sets.ts'

const [ACME, BOLT] = [tenantId('acme'), tenantId('bolt')]
const TENANTS = [
  { tenantId: ACME, tier: 'enterprise' },
  { tenantId: BOLT, tier: 'starter' },
] as const

const RULES: Readonly<Record<string, string>> = {
  mimir: 'rules: { url: http://x }',
  'victoriametrics-cluster': 'rules: { directory: d }',
  prometheus: 'rules: { directory: d }',
}

function engineOf(type: string) {
  const text = `engines: [{ name: e, type: ${type}, tenantLabel: org, ${RULES[type]!} }]`
  return readEngineConfig('/x/engines.yaml', text).engines[0]!
}

function sets(type: string, spec: SloBookSpec = EMPTY_BOOK, nowMs = 0): RuleSet[] {
  return ruleSetsOf({
    engine: engineOf(type),
    tenants: TENANTS,
    book: promiseBookOf(spec),
    accountOf: (id) => (id === ACME ? 7 : 8),
    nowMs,
  })
}

const textOf = (set: RuleSet | undefined): string => JSON.stringify(set?.groups)

describe('the rules that an engine shall have', () => {
  it('are a whole set a tenant where tenants are kept apart, and name no other', () => {
    const [acme, bolt] = sets('mimir')
    expect([acme?.owner, bolt?.owner]).toEqual([ACME, BOLT])
    expect(textOf(acme)).not.toContain('bolt')
    expect(textOf(acme)).toContain('sum by (org)')
    expect(textOf(acme)).not.toMatch(/tenantry_tenant_info|tenantry_slo_/)
    expect(acme?.groups.every(({ namespace }) => namespace.startsWith('tenantry-'))).toBe(true)
    expect(acme?.groups.every(({ body }) => body.rules.length <= 20)).toBe(true)
  })

  it('read and write one account of a VictoriaMetrics cluster, group by group', () => {
    const [acme] = sets('victoriametrics-cluster')
    for (const { body } of acme!.groups)
      expect(body).toMatchObject({
        params: { extra_label: ['vm_account_id=7', 'vm_project_id=0'] },
        labels: { vm_account_id: '7', vm_project_id: '0' },
      })
  })

  it('are one set for all where all are in one place, with what each is beside it', () => {
    const overrides = [{ tenant: 'bolt', slo: 'error-rate', objectives: [{ percent: 99 }] }]
    const spec = { ...EMPTY_BOOK, overrides } as SloBookSpec
    const [shared, acme, bolt] = sets('prometheus', spec)
    expect([shared?.owner, acme?.owner]).toEqual([SHARED_OWNER, ACME])
    expect(textOf(shared)).not.toMatch(/acme|bolt/)
    expect(acme?.groups.flatMap(({ body }) => body.rules)).toEqual([
      {
        record: 'tenantry:tenant_tier',
        expr: 'vector(1)',
        labels: { tenant: 'acme', tier: 'enterprise' },
      },
    ])
    expect(bolt?.groups.flatMap(({ body }) => body.rules)).toContainEqual({
      record: 'tenantry:slo_promised_ratio',
      expr: 'vector(0.99)',
      labels: { tenant: 'bolt', slo: 'error-rate' },
    })
  })

  it('change when an objective does that was announced for later', () => {
    const from = '2026-06-01T00:00:00Z'
    const objectives = [{ percent: 99.5, from }]
    const overrides = [{ tenant: 'acme', slo: 'error-rate', objectives }]
    const spec = { ...EMPTY_BOOK, overrides } as SloBookSpec
    const hashes = [Date.parse(from) - 1, Date.parse(from)].map(
      (atMs) => sets('mimir', spec, atMs)[0]!.hash,
    )
    expect(hashes[0]).toBe(sets('mimir')[0]!.hash)
    expect(hashes[1]).not.toBe(hashes[0])
  })

  it('decide on what they count and on nothing else', () => {
    const { sloIds, causes } = decidedIn(engineOf('mimir'), promiseBookOf(EMPTY_BOOK))
    expect(sloIds.has('error-rate')).toBe(true)
    expect(sloIds.has('recovery')).toBe(false)
    expect(causes.has('requests-fail')).toBe(true)
  })

  it('are told to be too much with the SLO that does not fit', () => {
    const [acme] = sets('mimir')
    const limits = { ...engineOf('mimir').rules!, maxGroups: acme!.groups.length }
    expect(whyTooMuch(acme!, limits, 0)).toBeUndefined()
    const last = acme!.groups.at(-1)!.namespace.slice('tenantry-'.length)
    expect(whyTooMuch(acme!, limits, 1)).toBe(
      `${last}: does not fit: ${acme!.groups.length} groups and 1 that are not Tenantry's, and ${acme!.groups.length} are taken`,
    )
    expect(whyTooMuch(acme!, { ...limits, maxRulesPerGroup: 1 }, 0)).toContain('and 1 are taken')
  })
})
