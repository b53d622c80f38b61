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
  prometheusRefused: {
    code: 'CLI_PROMETHEUS_REFUSED',
    status: 401,
    retryable: false,
    hint: 'Give what it asks for: --prometheus-token FILE with a bearer token, or --prometheus-login FILE with user:password; --prometheus-tenant ID where it serves several.',
  },
  prometheusNoAnswer: {
    code: 'CLI_PROMETHEUS_NO_ANSWER',
    status: 503,
    retryable: true,
    hint: 'Check its address, and that it is up; then start the same command again: it goes on where it was.',
  },
  prometheusNoRead: {
    code: 'CLI_PROMETHEUS_NO_READ',
    status: 502,
    retryable: false,
    hint: 'Name the address of a Prometheus, or of its remote read, such as http://prometheus:9090 or …/api/v1/read. Without remote read: `promtool tsdb dump-openmetrics DIR > history.om`, then --history history.om.',
  },
  prometheusTooMuch: {
    code: 'CLI_PROMETHEUS_TOO_MUCH',
    status: 422,
    retryable: false,
    hint: 'Raise --storage.remote.read-sample-limit of the Prometheus, or load from a file: `promtool tsdb dump-openmetrics`, then --history.',
  },
  noTenants: {
    code: 'CLI_NO_TENANTS',
    status: 409,
    retryable: false,
    hint: 'Create them first, with `tenantry apply -f DIR` or `tenantry tenant create`: counts are loaded for tenants that there are.',
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
