/** Rules in groups that a ruler takes. */
import { TenantryError } from '../../core/errors.ts'
import { CODEGEN_ERRORS } from '../errors.ts'
import type { Rule, RuleFile, RuleGroup } from './rule.ts'

/**
 * Splits rules into groups of at most so many. Shape: in order; the second group on is numbered,
 * and sees what the first recorded an interval before.
 */
export function packed(
  group: { readonly name: string; readonly intervalSeconds: number },
  rules: readonly Rule[],
  maxRules: number,
): RuleGroup[] {
  return Array.from({ length: Math.ceil(rules.length / maxRules) }, (_, index) => ({
    name: index === 0 ? group.name : `${group.name}-${index + 1}`,
    intervalSeconds: group.intervalSeconds,
    rules: rules.slice(index * maxRules, (index + 1) * maxRules),
  }))
}

/** Throws CODEGEN_TOO_MANY_RULES where the groups of all files together are too many. */
export function checkGroups(files: readonly RuleFile[], maxGroups: number): void {
  const count = files.reduce((sum, { groups }) => sum + groups.length, 0)
  if (count <= maxGroups) return
  throw new TenantryError(
    CODEGEN_ERRORS.tooManyRules,
    `generating rules: ${count} groups, and a ruler takes ${maxGroups} of a tenant`,
  )
}
