/** What the address of the list of reviews says. Pure. */

export const REVIEW_SPANS = { week: 'Weeks', month: 'Months', quarter: 'Quarters' } as const
export type ReviewSpan = keyof typeof REVIEW_SPANS

export const REVIEW_SCOPES = { fleet: 'All tenants', tier: 'Tiers', tenant: 'Tenants' } as const
export type ReviewScope = keyof typeof REVIEW_SCOPES

export interface ReviewSearch {
  readonly span?: ReviewSpan
  readonly scope?: ReviewScope
}

/** Reads the address, dropping what this page does not know. */
export function readReviewSearch(search: Readonly<Record<string, unknown>>): ReviewSearch {
  const { span, scope } = search
  return {
    ...(isKey(span, REVIEW_SPANS) ? { span } : {}),
    ...(isKey(scope, REVIEW_SCOPES) ? { scope } : {}),
  }
}

function isKey<Table extends object>(value: unknown, table: Table): value is keyof Table {
  return typeof value === 'string' && Object.hasOwn(table, value)
}
