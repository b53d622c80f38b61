import { describe, expect, it } from 'vitest'
import { ALERTS } from '../../../src/codegen/alerts/alert-table.ts'
import { ownKeyOf } from '../../../src/codegen/alerts/own-record.ts'
import { ruleFiles } from '../../../src/codegen/alerts/rule-files.ts'
import { DEFAULT_INPUT } from '../../../src/codegen/input.ts'

describe('alerts of generated rules', () => {
  it('of tenants are alerts of our own record, and those about Tenantry itself are not', () => {
    const rules = ruleFiles(DEFAULT_INPUT).flatMap(({ groups }) => groups.flatMap((group) => group.rules))
    const keys = rules.flatMap((rule) =>
      'alert' in rule ? [[rule.alert, ownKeyOf({ alertname: rule.alert, ...rule.labels })]] : [],
    )
    const byName = Object.fromEntries(keys) as Record<string, string | null>
    expect(Object.keys(byName).toSorted()).toEqual(Object.keys(ALERTS).toSorted())
    const own = Object.entries(byName).filter(([, key]) => key !== null)
    expect(own.map(([name]) => name).toSorted()).toEqual([
      'TenantBudgetBurnsFallback',
      'TenantBudgetBurnsFast',
      'TenantBudgetBurnsLong',
      'TenantBudgetBurnsMedium',
      'TenantBudgetBurnsSlow',
      'TenantNoData',
      'TenantStale',
      'TenantryWatchdog',
    ])
    expect(byName['TenantBudgetBurnsFast']).toMatch(/^requests-(?:fail|slow)\/page$/)
    expect(byName['TenantBudgetBurnsLong']).toMatch(/\/ticket$/)
  })

  it('are not taken for ours without the labels that name one', () => {
    expect(ownKeyOf({ alertname: 'TenantBudgetBurnsFast' })).toBeNull()
    expect(ownKeyOf({ alertname: 'Down' })).toBeNull()
    expect(ownKeyOf({})).toBeNull()
  })
})
