import type { ErrorRows } from '../../core/errors.ts'

export const CLI_ERRORS = {
  noServer: {
    code: 'CLI_NO_SERVER',
    status: 503,
    retryable: true,
    hint: 'Start one with `tenantry serve --data DIR` or `npm start`, or name a running one with --url and TENANTRY_KEY.',
  },
  refused: {
    code: 'CLI_REFUSED',
    status: 500,
    retryable: false,
    hint: 'The server said no; its own hint stands above.',
  },
  notReadable: {
    code: 'CLI_NOT_READABLE',
    status: 400,
    retryable: false,
    hint: 'Check the path and its permissions.',
  },
  alreadyThere: {
    code: 'CLI_ALREADY_THERE',
    status: 409,
    retryable: false,
    hint: 'Name another directory, or give --force to write over what is there.',
  },
  notHistory: {
    code: 'CLI_NOT_HISTORY',
    status: 400,
    retryable: false,
    hint: 'A history is OpenMetrics text that ends with "# EOF", every sample with its timestamp in seconds, such as `promtool tsdb dump-openmetrics` writes.',
  },
  badConfig: {
    code: 'CLI_BAD_CONFIG',
    status: 422,
    retryable: false,
    hint: 'Mend the configuration first; `tenantry validate -f DIR` lists all that is wrong with it.',
  },
  notMetrics: {
    code: 'CLI_NOT_METRICS',
    status: 400,
    retryable: false,
    hint: 'Name the format with --format where the file does not tell it; a page must be whole.',
  },
} as const satisfies ErrorRows
