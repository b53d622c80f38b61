import { describe, expect, it } from 'vitest'
import { readTenantFiles } from '../../../../src/domain/tenants/config/tenant-file.ts'

const read = (text: string) => readTenantFiles([{ name: 'tenants.yaml', text }])

const tenant = (tenantId: string, more = ''): string =>
  `apiVersion: tenantry/v1
kind: Tenant
spec:
  tenantId: ${tenantId}
  name: ${tenantId}
  tier: starter
  region: eu
  isolation: shared
${more}`

describe('tenant files', () => {
  it('hold several tenants, and empty documents', () => {
    const { tenants, problems } = read(`---\n${tenant('acme')}---\n---\n${tenant('bolt')}`)
    expect(problems).toEqual([])
    expect(tenants.map(({ config, line }) => [config.tenantId, line])).toEqual([
      ['acme', 2],
      ['bolt', 12],
    ])
  })

  it('keep the good documents beside a bad one', () => {
    const { tenants, problems } = read(`${tenant('acme')}---\n${tenant('Bad Id')}`)
    expect(tenants.map(({ config }) => config.tenantId)).toEqual(['acme'])
    expect(problems).toEqual([
      {
        file: 'tenants.yaml',
        line: 13,
        column: 13,
        field: 'spec.tenantId',
        message: 'expected 1 to 48 of a-z, 0-9 and inner hyphens',
      },
    ])
  })

  it.each([
    [
      'a wrong value',
      tenant('acme', '  quotas:\n    compute:\n      cpuCores: many\n'),
      11,
      'spec.quotas.compute.cpuCores',
    ],
    [
      'a missing field at its parent',
      tenant('acme').replace('  region: eu\n', ''),
      4,
      'spec.region',
    ],
    ['an unknown field', tenant('acme', '  teir: starter\n'), 9, 'spec.teir'],
    ['another kind', tenant('acme').replace('kind: Tenant', 'kind: Pod'), 2, 'kind'],
    ['another version', tenant('acme').replace('tenantry/v1', 'v2'), 1, 'apiVersion'],
    ['a field beside spec', `${tenant('acme')}status: {}\n`, 9, 'status'],
    ['a list', '- acme\n', 1, ''],
    ['text that is no YAML', 'spec: [1,\n', 2, ''],
    ['a key that comes twice', tenant('acme', '  name: again\n'), 9, ''],
  ])('name the line and field of %s', (_, text, line, field) => {
    const { tenants, problems } = read(text)
    expect(tenants).toEqual([])
    expect(problems.map((problem) => [problem.line, problem.field])).toEqual([[line, field]])
  })

  it('refuse a tenant that another document defines already, naming the place', () => {
    const { tenants, problems } = read(`${tenant('acme')}---\n${tenant('acme')}`)
    expect(tenants).toHaveLength(1)
    expect(problems[0]?.message).toBe('tenant acme is already defined at tenants.yaml:1')
  })
})
