/** The operating failures of reports. */
import type { ErrorRows } from '../../core/errors.ts'

export const REPORT_ERRORS = {
  SLO_REVIEW_NOT_FOUND: {
    code: 'SLO_REVIEW_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry report list` for those that there are.',
  },
  SLO_REVIEW_RANGE: {
    code: 'SLO_REVIEW_RANGE',
    status: 422,
    retryable: false,
    hint: 'Counts are kept for 200 days: choose a week, month or quarter within them that has begun.',
  },
  SLO_REVIEW_CURSOR: {
    code: 'SLO_REVIEW_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
  LOAD_TEST_NOT_FOUND: {
    code: 'LOAD_TEST_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'See `tenantry load-tests` for those that there are.',
  },
  LOAD_TEST_CHANGED: {
    code: 'LOAD_TEST_CHANGED',
    status: 409,
    retryable: false,
    hint: 'Give every run an id of its own: what was recorded under this one stays.',
  },
  LOAD_TEST_TIME: {
    code: 'LOAD_TEST_TIME',
    status: 422,
    retryable: false,
    hint: 'Look at the clock of the machine that ran it. Runs are kept for 400 days.',
  },
  LOAD_TEST_CURSOR: {
    code: 'LOAD_TEST_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
} as const satisfies ErrorRows
