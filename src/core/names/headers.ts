/**
 * HTTP headers that Tenantry reads or writes beyond the standard ones of every server. Lower case,
 * as Node gives them.
 */
export const HEADERS = {
  apiKey: 'x-api-key',
  scopeOrgId: 'x-scope-orgid',
  remoteWriteVersion: 'x-prometheus-remote-write-version',
  samplesWritten: 'x-prometheus-remote-write-samples-written',
  histogramsWritten: 'x-prometheus-remote-write-histograms-written',
  exemplarsWritten: 'x-prometheus-remote-write-exemplars-written',
  requestId: 'x-request-id',
  idempotencyKey: 'idempotency-key',
  /** `true` on an answer that is a repetition. */
  idempotencyReplayed: 'idempotency-replayed',
  demoTenant: 'x-tenant-id',
  webhookId: 'webhook-id',
  webhookTimestamp: 'webhook-timestamp',
  webhookSignature: 'webhook-signature',
} as const

export const COOKIES = { session: 'tenantry_session' } as const
