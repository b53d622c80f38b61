/** The Apdex of a tenant at its own threshold, or at the one of the response-time SLO. */
import type { Apdex, Rates } from '../../domain/metrics/metrics.ts'
import type { Slo } from '../../domain/slo/slo.ts'

export function tenantApdex(
  rates: Pick<Rates, 'apdex'>,
  { apdexThresholdSeconds }: { readonly apdexThresholdSeconds: number | null },
  slo: Pick<Slo, 'responseThresholdSeconds'>,
): Apdex | null {
  const thresholdSeconds = apdexThresholdSeconds ?? slo.responseThresholdSeconds()
  return thresholdSeconds === null ? null : rates.apdex(thresholdSeconds)
}
