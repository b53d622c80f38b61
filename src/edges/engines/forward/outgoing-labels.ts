/** By which labels a series goes out: its own, and the one label that all of a target's series have
 *  to tell tenants apart. Pure. */
export interface NamedValue {
  readonly name: string
  readonly value: string
}

/** Where a cluster of VictoriaMetrics reads whose a series is, in a request of many. */
export const ACCOUNT_LABELS = { account: 'vm_account_id', project: 'vm_project_id' } as const

export interface Outgoing {
  readonly tenantId: string
  readonly tenantLabel: string
  /** Of a cluster of VictoriaMetrics. */
  readonly accountId?: number
  /** Tells whether a name of the sender's means this tenant. */
  readonly isTenants: (observed: string) => boolean
}

/**
 * Gives a series the labels that it goes out by, sorted by name as bytes, without empty ones. One
 * that calls itself another tenant's than it is (a header may name a tenant for all) keeps that in
 * `exported_…`, as Prometheus does with labels that it sets itself.
 */
export function outgoingLabels(
  labels: readonly NamedValue[],
  { tenantId, tenantLabel, accountId, isTenants }: Outgoing,
): NamedValue[] {
  const out = new Map<string, string>()
  for (const { name, value } of labels) if (value !== '') out.set(name, value)
  const named = out.get(tenantLabel)
  if (named !== undefined && !isTenants(named)) {
    out.delete(tenantLabel)
    let name = `exported_${tenantLabel}`
    while (out.has(name)) name = `exported_${name}`
    out.set(name, named)
  }
  if (!out.has(tenantLabel)) out.set(tenantLabel, tenantId)
  if (accountId !== undefined) {
    out.set(ACCOUNT_LABELS.account, String(accountId))
    out.set(ACCOUNT_LABELS.project, '0')
  }
  return [...out]
    .map(([name, value]) => ({ name, value }))
    .toSorted((left, right) => compareNames(left.name, right.name))
}

/** As bytes of UTF-8; plain comparison does the same for all that has no surrogates. */
function compareNames(left: string, right: string): number {
  if (/[\ud800-\udfff]/.test(left + right)) {
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  }
  return left < right ? -1 : left > right ? 1 : 0
}
