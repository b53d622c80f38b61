/** Label and attribute names with a meaning to Tenantry. */
export const LABELS = {
  name: '__name__',
  job: 'job',
  instance: 'instance',
  le: 'le',
  tenant: 'tenant',
  slo: 'slo',
  tier: 'tier',
  window: 'window',
  speed: 'speed',
  policy: 'policy',
  step: 'step',
  priority: 'priority',
  raisedFrom: 'raised_from',
  evaluator: 'evaluator',
  exportedTenant: 'exported_tenant',
} as const

/** The value of `priority` where a budget policy made an alert more urgent. */
export const RAISED_PRIORITY = 'raised'

/** The attributes and labels that name a tenant, in the order in which they are tried. */
export const IDENTITY_LABELS = ['tenant.id', 'tenant_id', 'tenant'] as const
