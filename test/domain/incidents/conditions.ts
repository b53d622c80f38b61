import type { Condition } from '../../../src/core/condition.ts'
import { tenantId } from '../../../src/core/ids.ts'

/** A condition for tests: acme burns its availability budget, unless told otherwise. */
export function condition(part: Partial<Condition> = {}): Condition {
  return {
    source: 'slo',
    tenantId: tenantId('acme'),
    key: 'availability/fast',
    holds: true,
    action: 'page',
    summary: 'acme burns its availability budget 15.2 times too fast',
    numbers: { longBurn: 15.2, shortBurn: 16 },
    labels: { slo: 'availability', speed: 'fast' },
    atMs: 0,
    ...part,
  }
}
