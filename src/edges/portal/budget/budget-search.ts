/** What the address of the budget reviews says. Pure. */
export interface BudgetSearch {
  /** `all`: the closed ones as well. */
  readonly state?: 'all'
}

/** Reads the address, dropping what this page does not know. */
export function readBudgetSearch({ state }: Readonly<Record<string, unknown>>): BudgetSearch {
  return state === 'all' ? { state } : {}
}
