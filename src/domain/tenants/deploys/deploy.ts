/** A deploy: that a version of a service was put into service, when, and for whom. Pure. */
import type { TenantId } from '../../../core/ids.ts'

/** A deploy as a tool tells it. */
export interface DeployEvent {
  /** Who tells it and under which id: together they name the event. */
  readonly source: string
  readonly eventId: string
  readonly service: string
  readonly version: string
  /** Null where the event does not say: then when it was first told. */
  readonly atMs: number | null
  /** Ids, or names that metrics report. */
  readonly tenants: 'all' | readonly string[]
}

export interface Deploy extends Omit<DeployEvent, 'atMs' | 'tenants'> {
  readonly deployId: string
  readonly atMs: number
  readonly recordedAtMs: number
  /** Sorted. */
  readonly tenants: 'all' | readonly TenantId[]
}

/** Names the fields in which an event differs from the deploy that its source and id mean. */
export function differingFields(deploy: Deploy, other: Deploy): string[] {
  return (['service', 'version', 'atMs', 'tenants'] as const).filter(
    (field) => JSON.stringify(deploy[field]) !== JSON.stringify(other[field]),
  )
}
