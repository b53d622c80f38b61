import type { ErrorRows } from '../../core/errors.ts'

export const ENGINE_ERRORS = {
  config: {
    code: 'ENGINE_CONFIG',
    status: 400,
    retryable: false,
    hint: 'Correct the file; `tenantry validate -f DIR` checks it without starting.',
  },
  secret: {
    code: 'ENGINE_SECRET',
    status: 500,
    retryable: true,
    hint: 'Put the secret into the file that engines.yaml names, readable by the server; it is read at each request.',
  },
  accounts: {
    code: 'ENGINE_ACCOUNTS',
    status: 507,
    retryable: false,
    hint: 'Every account id that VictoriaMetrics has is given away.',
  },
  refused: {
    code: 'ENGINE_REFUSED',
    status: 502,
    retryable: false,
    hint: 'The engine says why. Rule namespaces that it protects need its own header: give it in engines.yaml, under headers.',
  },
  tooLong: {
    code: 'ENGINE_TOO_LONG',
    status: 502,
    retryable: false,
    hint: 'The engine answered more than is read; look there for rules that are not meant to be.',
  },
  unreadable: {
    code: 'ENGINE_UNREADABLE',
    status: 502,
    retryable: false,
    hint: 'What answers is no engine of the kind that engines.yaml says: check the address.',
  },
  noRulerApi: {
    code: 'ENGINE_NO_RULER_API',
    status: 502,
    retryable: false,
    hint: 'Check rules.url, and that the API is enabled (Cortex: -ruler.enable-api).',
  },
  notOurs: {
    code: 'ENGINE_FILE_FOREIGN',
    status: 409,
    retryable: false,
    hint: 'Tenantry writes only files that begin with its own first line.',
  },
  directory: {
    code: 'ENGINE_DIRECTORY',
    status: 500,
    retryable: true,
    hint: 'Check rules.directory in engines.yaml: the server must be able to read and write there.',
  },
  notLoaded: {
    code: 'ENGINE_NOT_LOADED',
    status: 502,
    retryable: true,
    hint: 'Check that the engine reads the directory (vmalert -rule, Prometheus rule_files), and its log.',
  },
  unknown: {
    code: 'ENGINE_UNKNOWN',
    status: 404,
    retryable: false,
    hint: 'List the engines with `tenantry engine list`.',
  },
  noRules: {
    code: 'ENGINE_NO_RULES',
    status: 409,
    retryable: false,
    hint: 'Say under rules in engines.yaml where this engine has its rules.',
  },
  notItsTenant: {
    code: 'ENGINE_NOT_ITS_TENANT',
    status: 404,
    retryable: false,
    hint: 'See with `tenantry engine list` whose tenants are whose.',
  },
  pushRuns: {
    code: 'ENGINE_PUSH_RUNS',
    status: 409,
    retryable: true,
    hint: 'Wait until it has ended: `tenantry engine pushes NAME`.',
  },
  planChanged: {
    code: 'ENGINE_PLAN_CHANGED',
    status: 409,
    retryable: false,
    hint: 'Look at the plan again; something changed since it was made.',
  },
  noLimits: {
    code: 'ENGINE_NO_LIMITS',
    status: 409,
    retryable: false,
    hint: 'Limits are rendered for Mimir and Cortex; elsewhere what Tenantry forwards is limited here.',
  },
  servesTenant: {
    code: 'ENGINE_SERVES_TENANT',
    status: 409,
    retryable: false,
    hint: 'First take the tenant out of the engine: under tenants in engines.yaml, or by ending the tenant.',
  },
  noPush: {
    code: 'ENGINE_NO_PUSH',
    status: 404,
    retryable: false,
    hint: 'List them with `tenantry engine pushes NAME`.',
  },
} as const satisfies ErrorRows
