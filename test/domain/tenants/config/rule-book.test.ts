import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import { mappingSchema } from '../../../../src/domain/tenants/config/mapping-rows.ts'
import { readTenantFiles } from '../../../../src/domain/tenants/config/tenant-file.ts'
import { openWorld, T0 } from '../../access/harness.ts'

const RULES = [{ namespace: 'acme-*', tenant: 'acme' }]
const { rows: ROWS } = mappingSchema.parse({
  rows: [{ metric: 'jobs_total', shape: 'counter', signal: 'requests' }],
})

describe('the rule book', () => {
  it('keeps what it is told over a restart, with an entry in the audit log', () => {
    const world = openWorld()
    const { rules } = world.tenants
    const before = rules.digest()
    expect(rules.setAttribution(RULES, SYSTEM, T0)).toBe(true)
    expect(rules.setMapping(ROWS, SYSTEM, T0)).toBe(true)
    expect(rules.setMapping([...ROWS], SYSTEM, T0)).toBe(false)
    expect(rules.digest()).not.toBe(before)
    const again = world.reopen().tenants.rules
    expect(again.attribution()).toEqual(RULES)
    expect(again.mapping()).toEqual(ROWS)
    expect(again.digest()).toBe(rules.digest())
    const actions = world.access.audit.list({ limit: 10 }).items.map(({ action }) => action)
    expect(actions).toEqual(['mapping.changed', 'attribution.changed'])
  })
})

describe('configuration files', () => {
  const read = (text: string) => readTenantFiles([{ name: 'rules.yaml', text }])

  it('hold the rules of several documents, in their order', () => {
    const files = read(`apiVersion: tenantry/v1
kind: Attribution
spec:
  rules:
    - { namespace: 'acme-*', tenant: acme }
---
apiVersion: tenantry/v1
kind: Attribution
spec: { rules: [{ database: bolt, tenant: bolt }] }
---
apiVersion: tenantry/v1
kind: Mapping
spec:
  rows:
    - { metric: jobs_seconds, shape: histogram, signal: duration, unit: s, where: { kind: [a, b] } }
`)
    expect(files.problems).toEqual([])
    expect(files.attribution?.map(({ tenant }) => tenant)).toEqual(['acme', 'bolt'])
    expect(files.mapping).toMatchObject([{ metric: 'jobs_seconds', source: 'own' }])
    expect(read('').attribution).toBeUndefined()
  })

  it.each([
    ['Attribution', 'rules: [{ tenant: acme, namspace: a }]', 'spec.rules.0.namspace'],
    ['Mapping', 'rows: [{ metric: a, shape: counter, signal: memory }]', 'no counter is memory'],
    ['Mapping', 'rows: [{ metric: a, shape: histogram, signal: cpu }]', 'no histogram is cpu'],
    ['Mapping', 'rows: [{ metric: a, shape: gauge, signal: cpu }]', 'no gauge is cpu'],
    ['Mapping', 'rows: [{ metric: a, shape: counter, signal: cp }]', 'spec.rows.0.signal'],
    ['Mapping', 'rows: [{ metric: a, shape: counter, signal: cpu, unit: s, scale: 2 }]', 'scale'],
    ['Attributions', 'rules: []', 'must be Tenant, Attribution, Mapping'],
  ])('tell line and field of what is wrong in %s: %s', (kind, spec, told) => {
    const { problems } = read(`apiVersion: tenantry/v1\nkind: ${kind}\nspec:\n  ${spec}\n`)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]!.line).toBe(kind === 'Attributions' ? 2 : 4)
    expect(`${problems[0]!.field}: ${problems[0]!.message}`).toContain(told)
  })
})
