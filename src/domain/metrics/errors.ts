import type { ErrorRows } from '../../core/errors.ts'

export const METRIC_ERRORS = {
  METRICS_STATE: {
    code: 'METRICS_STATE',
    status: 500,
    retryable: false,
    hint: 'The shared bulk file holds no whole checkpoint. Restore the data directory.',
  },
  SIGNAL_QUERY: {
    code: 'SIGNAL_QUERY',
    status: 400,
    retryable: false,
    hint: 'See GET /api/v1/openapi.json or `tenantry signals query --help` for what can be asked.',
  },
} as const satisfies ErrorRows
