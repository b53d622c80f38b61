/**
 * Every table that Tenantry keeps: in which file, whose, and what it holds. Backup, export and
 * erasure go by it; a test compares it with the schema that the migrations make.
 */
export interface TableRow {
  readonly name: string
  readonly file: 'control' | 'bulk'
  /** `tenant`: each row belongs to one tenant, named by `tenant_id`. `global`: rows belong to
   *  the installation. `either`: to the tenant that `tenant_id` names, or to the installation
   *  where it is null. */
  readonly scope: 'tenant' | 'global' | 'either'
  readonly holds: string
}

export const TABLES = [
  {
    name: 'access_key',
    file: 'control',
    scope: 'either',
    holds: 'keys of programs: role, tenant and the hash of the secret',
  },
  {
    name: 'alert',
    file: 'control',
    scope: 'tenant',
    holds: 'the state of every alert, from its first firing until it is resolved for good',
  },
  {
    name: 'alert_event',
    file: 'control',
    scope: 'tenant',
    holds: 'what happened to an alert, in order',
  },
  {
    name: 'artefact_roll_out',
    file: 'control',
    scope: 'global',
    holds: 'rules, dashboards and other artefacts as they were when they were rolled out',
  },
  {
    name: 'audit_entry',
    file: 'control',
    scope: 'either',
    holds: 'every administrative action, each row chained to the one before by hash',
  },
  {
    name: 'audit_head',
    file: 'control',
    scope: 'global',
    holds: 'where each chain of the audit log ends',
  },
  {
    name: 'delivery',
    file: 'control',
    scope: 'tenant',
    holds: 'the outbox: one row a notification and channel, written before any send',
  },
  {
    name: 'delivery_attempt',
    file: 'control',
    scope: 'tenant',
    holds: 'every attempt of a delivery that ended',
  },
  {
    name: 'deploy',
    file: 'control',
    scope: 'global',
    holds: 'which version of which service was put into service when',
  },
  {
    name: 'deploy_tenant',
    file: 'control',
    scope: 'tenant',
    holds: 'the tenants of a deploy that does not concern all',
  },
  {
    name: 'engine_account',
    file: 'control',
    scope: 'tenant',
    holds: 'by which account id VictoriaMetrics knows a tenant, for good',
  },
  {
    name: 'engine_account_last',
    file: 'control',
    scope: 'global',
    holds: 'the last account id that was given',
  },
  {
    name: 'foreign_alert',
    file: 'control',
    scope: 'tenant',
    holds: 'alerts that other systems told of, until 30 days after their end',
  },
  {
    name: 'forward_dropped',
    file: 'control',
    scope: 'tenant',
    holds: 'samples that an engine was not sent because it lagged too far behind',
  },
  {
    name: 'forward_position',
    file: 'control',
    scope: 'global',
    holds: 'how far each engine was sent what was accepted, with what is known there',
  },
  {
    name: 'engine_offboard',
    file: 'control',
    scope: 'tenant',
    holds: 'tenants that are got out of engines, and how far that is',
  },
  {
    name: 'engine_push',
    file: 'control',
    scope: 'global',
    holds: 'pushes of rules to engines: who, when, and how it ended',
  },
  {
    name: 'engine_push_tenant',
    file: 'control',
    scope: 'tenant',
    holds: 'what a push of rules changed of a tenant, and its rules before',
  },
  {
    name: 'idempotent_answer',
    file: 'control',
    scope: 'global',
    holds: 'answers to requests with an Idempotency-Key, sealed, for a day',
  },
  {
    name: 'impact',
    file: 'control',
    scope: 'tenant',
    holds: 'the spans in which a tenant had an alert that pages, for 401 days',
  },
  {
    name: 'job',
    file: 'control',
    scope: 'global',
    holds: 'up to which instant the due times of scheduled work are dealt with',
  },
  { name: 'job_run', file: 'control', scope: 'global', holds: 'the last runs of scheduled work' },
  {
    name: 'load_test',
    file: 'control',
    scope: 'global',
    holds: 'load tests that were run, as their generator found them',
  },
  {
    name: 'load_test_tenant',
    file: 'control',
    scope: 'tenant',
    holds: 'which tenants a load test was about',
  },
  {
    name: 'rule_book',
    file: 'control',
    scope: 'global',
    holds: 'attribution of series that name no tenant, meaning of the operator’s own metrics',
  },
  {
    name: 'slo_backfill',
    file: 'control',
    scope: 'global',
    holds: 'which past counts somebody loaded, how far that went and what it came to',
  },
  {
    name: 'slo_correction',
    file: 'control',
    scope: 'global',
    holds: 'stretches of time that no budget is charged for',
  },
  {
    name: 'slo_gate_override',
    file: 'control',
    scope: 'tenant',
    holds: 'deploy gates that somebody opened for a while, with the reason',
  },
  {
    name: 'slo_recompute',
    file: 'control',
    scope: 'tenant',
    holds: 'pasts that were counted again: why, by whom, what they came to before and after',
  },
  {
    name: 'slo_policy_state',
    file: 'control',
    scope: 'tenant',
    holds: 'the steps of budget policies that hold now',
  },
  {
    name: 'slo_policy_transition',
    file: 'control',
    scope: 'tenant',
    holds: 'every step of a budget policy that was entered or left, with the numbers',
  },
  {
    name: 'slo_review',
    file: 'control',
    scope: 'tenant',
    holds: 'budget reviews: budget policies ask for them, until somebody closes them',
  },
  {
    name: 'slo_book',
    file: 'control',
    scope: 'global',
    holds: 'what configuration says about SLOs, a row a version',
  },
  {
    name: 'schema_migration',
    file: 'control',
    scope: 'global',
    holds: 'the migrations that made this file, with their hashes',
  },
  {
    name: 'session',
    file: 'control',
    scope: 'global',
    holds: 'who is signed in to the portal',
  },
  {
    name: 'sign_in_link',
    file: 'control',
    scope: 'global',
    holds: 'links that sign a person in, once',
  },
  {
    name: 'tenant',
    file: 'control',
    scope: 'tenant',
    holds: 'the registry: what was asked for, and the state',
  },
  {
    name: 'tenant_alias',
    file: 'control',
    scope: 'tenant',
    holds: 'other names under which metrics report a tenant',
  },
  {
    name: 'log_position',
    file: 'bulk',
    scope: 'global',
    holds: 'how far into the write-ahead log the state in this file reaches',
  },
  {
    name: 'metrics_account',
    file: 'bulk',
    scope: 'global',
    holds: 'what became of all samples since the beginning',
  },
  {
    name: 'metrics_cell',
    file: 'bulk',
    scope: 'tenant',
    holds: 'the cells: what series are added up into',
  },
  {
    name: 'metrics_state',
    file: 'bulk',
    scope: 'global',
    holds: 'series and counts as they lie in memory, in chunks, tenants mixed',
  },
  {
    name: 'metrics_word',
    file: 'bulk',
    scope: 'global',
    holds: 'numbered words of the metrics stage: contexts, tenants, instances, sources',
  },
  {
    name: 'received_day',
    file: 'bulk',
    scope: 'tenant',
    holds: 'samples and bytes received by signal on one day',
  },
  {
    name: 'rollup_minute_hour',
    file: 'bulk',
    scope: 'tenant',
    holds: 'the minutes of an hour for all cells, packed',
  },
  {
    name: 'rollup_open_minute',
    file: 'bulk',
    scope: 'global',
    holds: 'minutes that are still in memory, tenants mixed',
  },
  {
    name: 'rollup_span',
    file: 'bulk',
    scope: 'tenant',
    holds: 'what each cell came to over an hour or a day, packed',
  },
  {
    name: 'schema_migration',
    file: 'bulk',
    scope: 'global',
    holds: 'the migrations that made this file, with their hashes',
  },
  {
    name: 'slo_checkpoint',
    file: 'bulk',
    scope: 'global',
    holds: 'the number of the SLO engine’s last checkpoint',
  },
  {
    name: 'slo_breakdown',
    file: 'bulk',
    scope: 'tenant',
    holds: 'bad and total of each SLO by the values of dimensions, in five minutes, for six hours',
  },
  {
    name: 'slo_column',
    file: 'bulk',
    scope: 'global',
    holds: 'the counts of one bucket for all SLOs of a page, tenants mixed',
  },
  {
    name: 'slo_history',
    file: 'bulk',
    scope: 'tenant',
    holds: 'good and total counts of each SLO by the minute and by five minutes',
  },
  {
    name: 'slo_loaded',
    file: 'bulk',
    scope: 'tenant',
    holds: 'which stretches of the past of an SLO were loaded',
  },
  {
    name: 'slo_page',
    file: 'bulk',
    scope: 'global',
    holds: 'where each page of SLO buckets stands in time',
  },
  {
    name: 'slo_review_archive',
    file: 'control',
    scope: 'either',
    holds: 'SLO reviews, of a week, a month or a quarter, as they were made',
  },
  {
    name: 'slo_slot',
    file: 'bulk',
    scope: 'tenant',
    holds: 'which slot of which page counts an SLO',
  },
  {
    name: 'slo_spark',
    file: 'bulk',
    scope: 'global',
    holds: 'the worst burn of each minute of the last hour, tenants mixed',
  },
] as const satisfies readonly TableRow[]
