import type { ErrorRows } from '../core/errors.ts'

export const CODEGEN_ERRORS = {
  tooManyRules: {
    code: 'CODEGEN_TOO_MANY_RULES',
    status: 422,
    retryable: false,
    hint: 'Raise --max-rules or --max-groups where the target has higher limits (Mimir: ruler_max_rules_per_rule_group, ruler_max_rule_groups_per_tenant), or generate from fewer SLOs.',
  },
} as const satisfies ErrorRows
