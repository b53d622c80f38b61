/**
 * Tenantry's own metrics. Base units; never a tenant label. Help texts become `# HELP` lines and
 * the documentation.
 */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
}

export const METRICS = {
  tenantry_ingest_samples_total: {
    kind: 'counter',
    help: 'Samples received, by protocol and outcome.',
  },
  tenantry_ingest_requests_total: {
    kind: 'counter',
    help: 'Write requests, by protocol and status code.',
  },
  tenantry_ingest_refused_total: {
    kind: 'counter',
    help: 'Write requests or samples refused or dropped, by reason.',
  },
  tenantry_ingest_imbalances_total: {
    kind: 'counter',
    help: 'Times that received samples were not the sum of their outcomes: a defect.',
  },
  tenantry_ingest_unkept_total: {
    kind: 'counter',
    help: 'What came along with samples and was read but not kept, by what it is: exemplars, metadata, buckets that are too coarse for the bounds they are counted at, minimum and maximum of histograms, quantiles of summaries.',
  },
  tenantry_ingest_body_bytes_total: {
    kind: 'counter',
    help: 'Bytes of write requests as received, by protocol.',
  },
  tenantry_ingest_request_seconds: {
    kind: 'histogram',
    help: 'Time from a write request read whole to its answer.',
  },
  tenantry_ingest_waiting_requests: {
    kind: 'gauge',
    help: 'Write requests that were read and wait for their turn.',
  },
  tenantry_ingest_wait_seconds: {
    kind: 'histogram',
    help: 'Time from a write request read whole to its turn.',
  },
  tenantry_scrapes_total: { kind: 'counter', help: 'Scrapes of targets, by outcome.' },
  tenantry_scrape_seconds: {
    kind: 'histogram',
    help: 'Time of one scrape, from the request to what was read being counted.',
  },
  tenantry_scrape_late_total: {
    kind: 'counter',
    help: 'Scrapes left out because the one before had not ended.',
  },
  tenantry_scrape_targets: { kind: 'gauge', help: 'Targets that are scraped, by health.' },
  tenantry_scrape_starts_ignored_total: {
    kind: 'counter',
    help: 'Scraped samples whose start time says nothing, because it is no time before the sample.',
  },
  tenantry_scrape_config_valid: {
    kind: 'gauge',
    help: '1 while the scrape file is valid, 0 while an older one is followed in its place.',
  },
  tenantry_scrape_reloads_total: {
    kind: 'counter',
    help: 'Changes of the scrape file, by outcome: ok or refused.',
  },
  tenantry_scrape_discovery_failures_total: {
    kind: 'counter',
    help: 'Lists of targets that could not be read, by kind.',
  },
  tenantry_engine_config_valid: {
    kind: 'gauge',
    help: '1 while the file of engines is valid, 0 while an older one is followed in its place.',
  },
  tenantry_engine_config_reloads_total: {
    kind: 'counter',
    help: 'Changes of the file of engines, by outcome: ok or refused.',
  },
  tenantry_forward_samples_total: {
    kind: 'counter',
    help: 'Accepted samples that were to go to an engine, by target and what became of them: sent, uncertain (the engine refused some and did not say how many), refused, dropped because the target lagged, unforwardable.',
  },
  tenantry_forward_left_samples_total: {
    kind: 'counter',
    help: 'Samples of the log that go to no engine, by target and reason.',
  },
  tenantry_forward_requests_total: {
    kind: 'counter',
    help: 'Writes to an engine, by target and class of the answer; none where none came.',
  },
  tenantry_forward_retried_samples_total: {
    kind: 'counter',
    help: 'Samples that an engine is sent again, by target.',
  },
  tenantry_forward_exemplars_total: {
    kind: 'counter',
    help: 'Exemplars that came with forwarded samples and were left out, by target.',
  },
  tenantry_forward_lost_bytes_total: {
    kind: 'counter',
    help: 'Bytes of the log that were deleted before they were read for a target.',
  },
  tenantry_forward_sent_bytes_total: {
    kind: 'counter',
    help: 'Bytes of requests to an engine, compressed, by target.',
  },
  tenantry_forward_lag_bytes: {
    kind: 'gauge',
    help: 'Bytes of the log behind the position before which all is settled, by target.',
  },
  tenantry_forward_lag_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest write that is not settled, by target; 0 where all is.',
  },
  tenantry_forward_lag_ratio: {
    kind: 'gauge',
    help: 'Part of what a target may lag, by bytes or age, that it lags; at 1 the oldest is dropped.',
  },
  tenantry_forward_queued_samples: {
    kind: 'gauge',
    help: 'Samples that wait in memory to be sent, by target.',
  },
  tenantry_forward_worker_deaths_total: {
    kind: 'counter',
    help: 'Times that the forwarding worker died and was started again.',
  },
  tenantry_engine_readbacks_total: {
    kind: 'counter',
    help: 'Questions to engines for what rules of tenants say, by outcome: ok or failed.',
  },
  tenantry_engine_rulers_silent: {
    kind: 'gauge',
    help: 'Tenants that a ruler decides on and whose rules were not evaluated, or not told, for five minutes.',
  },
  tenantry_engine_rule_pushes_total: {
    kind: 'counter',
    help: 'Rule sets of tenants that were pushed to an engine, by outcome: changed, unchanged, or what was in the way.',
  },
  tenantry_engine_rules_drifted: {
    kind: 'gauge',
    help: 'Rule sets in engines that were not as they are to be when last looked at, or could not be read.',
  },
  tenantry_engine_rules_failed: {
    kind: 'gauge',
    help: 'Rule sets that the last push to an engine did not bring there, until all are as they are to be.',
  },
  tenantry_log_segments: { kind: 'gauge', help: 'Files of the write-ahead log.' },
  tenantry_log_unsynced_bytes: {
    kind: 'gauge',
    help: 'Bytes of the write-ahead log that a power cut could take.',
  },
  tenantry_log_appended_bytes_total: {
    kind: 'counter',
    help: 'Bytes appended to the write-ahead log.',
  },
  tenantry_log_failures_total: {
    kind: 'counter',
    help: 'What the disk refused of the write-ahead log, by step: append or sync.',
  },
  tenantry_log_sync_seconds: {
    kind: 'histogram',
    help: 'Time that a caller waited until the write-ahead log was on the disk.',
  },
  tenantry_log_cut_bytes_total: {
    kind: 'counter',
    help: 'Bytes that a crash or a power cut left at the end of the write-ahead log, cut off.',
  },
  tenantry_log_reader_lag_bytes: {
    kind: 'gauge',
    help: 'Bytes of the write-ahead log that a reader has not read, by reader.',
  },
  tenantry_log_reader_gap_bytes_total: {
    kind: 'counter',
    help: 'Bytes deleted before a reader had read them, because it held back too much.',
  },
  tenantry_log_bytes: { kind: 'gauge', help: 'Size of the write-ahead log on disk.' },
  tenantry_disk_free_bytes: {
    kind: 'gauge',
    help: 'Room on the disk of the data directory, for this user. NaN where it is not told.',
  },
  tenantry_disk_size_bytes: {
    kind: 'gauge',
    help: 'Size of the disk of the data directory. NaN where it is not told.',
  },
  tenantry_time_seconds: {
    kind: 'gauge',
    help: 'What time it is here, since the epoch: to be compared with the clock of who scrapes.',
  },
  tenantry_log_short_of_room: {
    kind: 'gauge',
    help: '1 while writes are refused because the disk of the log has no room for them.',
  },
  tenantry_checkpoint_lag_bytes: {
    kind: 'gauge',
    help: 'Log bytes that a restart would have to replay.',
  },
  tenantry_checkpoint_seconds: { kind: 'histogram', help: 'Time to write one checkpoint.' },
  tenantry_checkpoint_failures_total: {
    kind: 'counter',
    help: 'Checkpoints that could not be written.',
  },
  tenantry_checkpoint_failures_in_a_row: {
    kind: 'gauge',
    help: 'Checkpoints that failed since the last one that was written.',
  },
  tenantry_tick_seconds: {
    kind: 'histogram',
    help: 'Main-thread time of one evaluation tick, all slices together.',
  },
  tenantry_tick_late_total: {
    kind: 'counter',
    help: 'Ticks that began late, because the one before took long or the program stood still.',
  },
  tenantry_tick_age_seconds: { kind: 'gauge', help: 'Time since the last evaluation ended.' },
  tenantry_tick_failures_total: { kind: 'counter', help: 'Ticks that ended with an error.' },
  tenantry_samples_unattributed_total: {
    kind: 'counter',
    help: 'Samples that belong to no tenant, by reason.',
  },
  tenantry_samples_shadowed_total: {
    kind: 'counter',
    help: 'Samples of a source that does not count, because a better one of the same signal does.',
  },
  tenantry_series_retired_total: {
    kind: 'counter',
    help: 'Series that were forgotten because no sample could continue them.',
  },
  tenantry_samples_unmapped_total: {
    kind: 'counter',
    help: 'Samples of tenants whose metric has no meaning here.',
  },
  tenantry_ha_clusters: { kind: 'gauge', help: 'Clusters whose writers name replicas.' },
  tenantry_ha_failovers_total: {
    kind: 'counter',
    help: 'Elections of another replica because the elected one fell silent.',
  },
  tenantry_series: { kind: 'gauge', help: 'Series known.' },
  tenantry_cells: { kind: 'gauge', help: 'Cells known: what series are added up into.' },
  tenantry_query_seconds: {
    kind: 'histogram',
    help: 'Time to answer a query of signals, by resolution.',
  },
  tenantry_live_ring_bytes: {
    kind: 'gauge',
    help: 'Memory of the last half hour by ten seconds.',
  },
  tenantry_rollup_deleted_rows_total: {
    kind: 'counter',
    help: 'Rows of signals deleted because their retention ended, by what they held.',
  },
  tenantry_rollup_deleted_bytes_total: {
    kind: 'counter',
    help: 'Bytes of signals deleted because their retention ended, by what they held.',
  },
  tenantry_dimension_combinations: {
    kind: 'gauge',
    help: 'Combinations of values that requests of tenants are told apart by.',
  },
  tenantry_dimension_overflow_series: {
    kind: 'gauge',
    help: 'Series since the start that are not told apart: there were too many combinations.',
  },
  tenantry_tenants: { kind: 'gauge', help: 'Tenants in the registry that are not deleted.' },
  tenantry_alerts_firing: { kind: 'gauge', help: 'Alerts that fire now.' },
  tenantry_outbox_pending: { kind: 'gauge', help: 'Deliveries that wait to be sent.' },
  tenantry_outbox_oldest_seconds: { kind: 'gauge', help: 'Age of the oldest delivery that waits.' },
  tenantry_foreign_alerts_total: {
    kind: 'counter',
    help: 'Alerts that other systems told of, by what became of them.',
  },
  tenantry_foreign_alerts_silent: {
    kind: 'gauge',
    help: 'Alerts of other systems whose end has passed and nobody said that they are over.',
  },
  tenantry_deliveries_total: {
    kind: 'counter',
    help: 'Delivery attempts, by channel kind and outcome.',
  },
  tenantry_deliveries_settled_total: {
    kind: 'counter',
    help: 'Deliveries that ended, by channel, state (sent, superseded, dead) and reason.',
  },
  tenantry_outbox_dead: { kind: 'gauge', help: 'Deliveries that were given up.' },
  tenantry_deliverer_failures_total: {
    kind: 'counter',
    help: 'Rounds of the deliverer that ended with an error of its own.',
  },
  tenantry_http_requests_total: {
    kind: 'counter',
    help: 'API requests, by route and status code.',
  },
  tenantry_http_refused_total: {
    kind: 'counter',
    help: 'API requests that were refused, by the code of the refusal.',
  },
  tenantry_access_violations_total: {
    kind: 'counter',
    help: 'Writes that named a tenant that their key is not bound to.',
  },
  tenantry_slo_discarded_total: {
    kind: 'counter',
    help: 'Counts that no SLO window could take any more, by reason.',
  },
  tenantry_slo_backfill_minutes_total: {
    kind: 'counter',
    help: 'Minutes of past counts that were loaded, or left out, by why.',
  },
  tenantry_slo_recomputed_hours_total: {
    kind: 'counter',
    help: 'Hours of the past that were counted again and came to something else.',
  },
  tenantry_breakdown_bytes: {
    kind: 'gauge',
    help: 'Memory of the counts by dimension, estimated.',
  },
  tenantry_breakdown_dropped_total: {
    kind: 'counter',
    help: 'Five-minute counts of a tenant by dimension that were dropped before their time, for memory.',
  },
  tenantry_slo_slots: {
    kind: 'gauge',
    help: 'Tenant and SLO pairs that are counted, second estimates included.',
  },
  tenantry_slo_policy_transitions_total: {
    kind: 'counter',
    help: 'Steps of budget policies that were entered or left, by action of the step.',
  },
  tenantry_slo_reviews_total: {
    kind: 'counter',
    help: 'SLO reviews that were made and archived, by scope and span.',
  },
  tenantry_slo_frozen_tenants: {
    kind: 'gauge',
    help: 'Tenants for which a budget policy asks that nothing is deployed.',
  },
  tenantry_slo_gate_overrides: {
    kind: 'gauge',
    help: 'Deploy gates that somebody opened for a while.',
  },
  tenantry_slo_gate_answers_total: {
    kind: 'counter',
    help: 'Answers of deploy gates, by what they were: open, closed or overridden.',
  },
  tenantry_slo_reviews_open: {
    kind: 'gauge',
    help: 'Budget reviews, which budget policies ask for, that nobody closed.',
  },
  tenantry_job_runs_total: { kind: 'counter', help: 'Runs of scheduled work, by job and outcome.' },
  tenantry_event_loop_delay_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop over the last collection, by quantile.',
  },
} as const satisfies Record<string, MetricRow>
export type MetricName = keyof typeof METRICS

/** Per-tenant series of `GET /metrics/tenants`. */
export const TENANT_METRICS = {
  tenantry_tenant_info: {
    kind: 'gauge',
    help: 'One per tenant, with its tier, region and display name.',
  },
  tenantry_tenant_requests_total: { kind: 'counter', help: 'Requests served, by status class.' },
  tenantry_tenant_requests_turned_away_total: {
    kind: 'counter',
    help: "Of the requests of 4xx and 5xx those that were turned away: 429, 503, or quota for a 429 of the tenant's own quota.",
  },
  tenantry_tenant_request_duration_seconds: { kind: 'histogram', help: 'Response time.' },
  tenantry_tenant_apdex_ratio: {
    kind: 'gauge',
    help: 'Apdex of the last five minutes, failed requests counted as frustrated. Absent without requests.',
  },
  tenantry_tenant_cpu_seconds_total: { kind: 'counter', help: 'CPU time used.' },
  tenantry_tenant_memory_bytes: { kind: 'gauge', help: 'Memory in use.' },
  tenantry_tenant_storage_bytes: { kind: 'gauge', help: 'Storage in use.' },
  tenantry_tenant_network_receive_bytes_total: { kind: 'counter', help: 'Bytes received.' },
  tenantry_tenant_network_transmit_bytes_total: { kind: 'counter', help: 'Bytes sent.' },
  tenantry_tenant_active_requests: { kind: 'gauge', help: 'Requests being served.' },
  tenantry_tenant_api_calls_total: { kind: 'counter', help: 'Calls of the API, as metered.' },
  tenantry_tenant_probes_total: {
    kind: 'counter',
    help: 'Probes from outside, by status class: 2xx succeeded, 5xx failed.',
  },
  tenantry_tenant_user_duration_seconds: {
    kind: 'histogram',
    help: 'Response time as measured at the end of the user.',
  },
  tenantry_tenant_active_users: {
    kind: 'gauge',
    help: 'Active users, as reported, else distinct ones of the last five minutes.',
  },
  tenantry_tenant_distinct_users: {
    kind: 'gauge',
    help: 'Distinct users by window. Above 2,048 an estimate, standard error 3.25 %.',
  },
  tenantry_tenant_dependency_calls_total: {
    kind: 'counter',
    help: 'Calls of databases, other services and queues, by status class.',
  },
  tenantry_tenant_error_ratio_seconds_total: {
    kind: 'counter',
    help: 'Time for which a share of errors was measured as such, by status class: 5xx that share of it, 2xx the rest.',
  },
  tenantry_tenant_success_ratio_seconds_total: {
    kind: 'counter',
    help: 'Time for which a share of successes was measured as such, by status class: 2xx that share of it, 5xx the rest.',
  },
  tenantry_tenant_dependency_seconds_total: {
    kind: 'counter',
    help: 'Time spent in calls of databases, other services and queues.',
  },
  tenantry_tenant_samples_total: {
    kind: 'counter',
    help: 'Samples received of the tenant, by what became of them.',
  },
  tenantry_tenant_discarded_samples_total: {
    kind: 'counter',
    help: 'Samples of the tenant that were discarded, by reason.',
  },
  tenantry_tenant_refused_requests_total: {
    kind: 'counter',
    help: 'Requests of the tenant alone that were refused whole, by reason.',
  },
  tenantry_tenant_message_bytes_total: {
    kind: 'counter',
    help: 'Bytes of messages uncompressed, by the share of samples in them.',
  },
  tenantry_tenant_active_series: { kind: 'gauge', help: 'Series of the tenant.' },
  tenantry_tenant_new_series_per_minute: {
    kind: 'gauge',
    help: 'New series of the tenant in the last whole minute.',
  },
  tenantry_tenant_burst_used_ratio: {
    kind: 'gauge',
    help: 'How much of the burst of samples is used up. Above 1: what is owed.',
  },
  tenantry_tenant_limit: { kind: 'gauge', help: 'What the tenant may send, by limit.' },
  tenantry_slo_objective_ratio: { kind: 'gauge', help: 'The objective that the SLO is held to.' },
  tenantry_slo_sli_ratio: {
    kind: 'gauge',
    help: 'Good events over all events in the period. Absent without events.',
  },
  tenantry_slo_burn_rate: {
    kind: 'gauge',
    help: 'Multiples of the rate that spends the budget exactly, by window. Absent without events.',
  },
  tenantry_slo_budget_left_ratio: {
    kind: 'gauge',
    help: 'What is left of the error budget. Absent without events.',
  },
  tenantry_slo_state: { kind: 'gauge', help: '1 for the state that the SLO is in.' },
  tenantry_slo_excluded: {
    kind: 'gauge',
    help: '1 while a correction excludes what happens from the budget. Absent otherwise.',
  },
  tenantry_deploy_timestamp_seconds: {
    kind: 'gauge',
    help: 'When a service was deployed in the last day: for a tenant, or for all where there is none.',
  },
  tenantry_slo_clock_used_ratio: {
    kind: 'gauge',
    help: 'How much of its limit has passed of what runs against one and is nearest to it, such as an impact against the time to recover in. Absent where nothing runs.',
  },
} as const satisfies Record<string, MetricRow>
