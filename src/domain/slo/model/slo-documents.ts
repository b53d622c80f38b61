/**
 * The kinds of configuration documents that are about SLOs: `Slo`, one SLO, `SloOverride`, what one
 * tenant is promised otherwise, and `BudgetPolicy`, what becomes of a budget that is used up. Pure.
 */
import type { ConfigDocument, ConfigKind, ConfigProblem } from '../../tenants/tenants.ts'
import { budgetPolicySchema, type BudgetPolicySpec } from './budget-policy.ts'
import { bookProblems, type SloBookSpec } from './slo-book.ts'
import { sloOverrideSchema, type SloOverrideSpec } from './slo-override.ts'
import { sloSpecSchema, type SloSpec } from './slo-spec.ts'

export const SLO_CONFIG_KINDS: readonly ConfigKind[] = [
  { kind: 'Slo', schema: sloSpecSchema },
  { kind: 'SloOverride', schema: sloOverrideSchema },
  { kind: 'BudgetPolicy', schema: budgetPolicySchema },
]

export interface SloDocuments {
  /** The part of the book that there are documents of; empty without any. */
  readonly parts: Partial<SloBookSpec>
  readonly problems: readonly ConfigProblem[]
}

/** Puts documents together, and finds what is wrong with them only then. */
export function sloDocuments(documents: readonly ConfigDocument[]): SloDocuments {
  const slos = documents.filter(({ kind }) => kind === 'Slo')
  const overrides = documents.filter(({ kind }) => kind === 'SloOverride')
  const policies = documents.filter(({ kind }) => kind === 'BudgetPolicy')
  const book = {
    slos: slos.map(({ spec }) => spec as SloSpec),
    overrides: overrides.map(({ spec }) => spec as SloOverrideSpec),
    policies: policies.map(({ spec }) => spec as BudgetPolicySpec),
  }
  const lists = { slos, overrides, policies }
  return {
    parts: {
      ...(slos.length === 0 ? {} : { slos: book.slos }),
      ...(overrides.length === 0 ? {} : { overrides: book.overrides }),
      ...(policies.length === 0 ? {} : { policies: book.policies }),
    },
    problems: bookProblems(book).map(({ list, index, field, message }) =>
      lists[list][index]!.problem(field, message),
    ),
  }
}
