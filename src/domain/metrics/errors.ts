import type { ErrorRows } from '../../core/errors.ts'

export const METRIC_ERRORS = {
  METRICS_STATE: {
    code: 'METRICS_STATE',
    status: 500,
    retryable: false,
    hint: 'The shared bulk file holds no whole checkpoint. Restore the data directory.',
  },
} as const satisfies ErrorRows
