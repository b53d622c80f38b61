/** One metric family of `/metrics/tenants`: how it is written of what is known about one tenant. */
import type { TENANT_METRICS } from '../../core/names/metrics.ts'
import type { ExpositionWriter, SampleLabels } from '../../machinery/wire/exposition-text.ts'

export type FamilyName = keyof typeof TENANT_METRICS

export interface ExposedFamily<Known> {
  readonly name: FamilyName
  /** Writes the family's samples, none where nothing is known. The labels begin with the tenant. */
  readonly write: (writer: ExpositionWriter, labels: SampleLabels, known: Known) => void
}
