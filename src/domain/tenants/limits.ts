/** Limits of the registry. */
export const TENANT_LIMITS = {
  /** What one installation is built for. */
  tenants: 50_000,
  pageSize: 500,
} as const
