/**
 * A tenant as the registry keeps it: what was asked for (the spec, with its generation), and apart
 * from it how things stand (the status).
 */
import { effectiveQuotas, type ResourceQuotas } from './quotas.ts'
import type { TenantConfig } from './tenant-config.ts'

/**
 * `provisioning` until what it needs is there, `deleted` for good: its row stays, so that the id is
 * never given again.
 */
export const TENANT_STATES = [
  'provisioning',
  'active',
  'suspended',
  'offboarding',
  'deleted',
] as const
export type TenantState = (typeof TENANT_STATES)[number]

export interface TenantStatus {
  readonly state: TenantState
  /** The generation that what runs agrees with. */
  readonly observedGeneration: number
}

export interface Tenant extends TenantConfig {
  /** Counts the changes of the configuration, from 1. */
  readonly generation: number
  readonly status: TenantStatus
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Takes the configuration out of a tenant. */
export function configOf(tenant: Tenant): TenantConfig {
  const { generation: _g, status: _s, createdAtMs: _c, updatedAtMs: _u, ...config } = tenant
  return config
}

/** Tells what a tenant may use, the tier's figures filled in. */
export function quotasOf(tenant: Pick<Tenant, 'tier' | 'quotas'>): ResourceQuotas {
  return effectiveQuotas(tenant.tier, tenant.quotas)
}

/**
 * Tells what a change of configuration changed, by top-level field, for the audit log. Shape: empty
 * when nothing did.
 */
export function changesBetween(
  before: TenantConfig,
  after: TenantConfig,
): Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>> {
  const fields = Object.keys(after) as (keyof TenantConfig)[]
  return Object.fromEntries(
    fields
      .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
      .map((field) => [field, { from: before[field], to: after[field] }]),
  )
}
