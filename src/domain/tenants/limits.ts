/** Limits of the registry. */
export const TENANT_LIMITS = {
  /** What one installation is built for. */
  tenants: 50_000,
  pageSize: 500,
  /** Two a tenant of an installation that is built for. */
  attributionRules: 100_000,
  mappingRows: 1_000,
} as const
