/** The steps that hold, in memory: by what they are, and by tenant. */
import type { TenantId } from '../../../core/ids.ts'
import { keyOfStep, type HeldStep, type StepOf } from './transition.ts'

export class HeldSteps {
  readonly #byTenant = new Map<TenantId, Map<string, HeldStep>>()

  constructor(steps: readonly HeldStep[]) {
    for (const step of steps) this.hold(step)
  }

  /** Tells since when a step holds; null where it does not. */
  sinceMs(step: StepOf): number | null {
    return this.#byTenant.get(step.tenantId)?.get(keyOfStep(step))?.enteredAtMs ?? null
  }

  hold(step: HeldStep): void {
    const own = this.#byTenant.get(step.tenantId) ?? new Map<string, HeldStep>()
    own.set(keyOfStep(step), step)
    this.#byTenant.set(step.tenantId, own)
  }

  letGo(step: StepOf): void {
    const own = this.#byTenant.get(step.tenantId)
    own?.delete(keyOfStep(step))
    if (own?.size === 0) this.#byTenant.delete(step.tenantId)
  }

  /** Shape: in the order in which they were entered, as far as this process knows it. */
  of(tenantId: TenantId): readonly HeldStep[] {
    return [...(this.#byTenant.get(tenantId)?.values() ?? [])]
  }

  tenants(): readonly TenantId[] {
    return [...this.#byTenant.keys()]
  }
}
