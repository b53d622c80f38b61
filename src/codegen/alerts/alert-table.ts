/**
 * Every alert that is generated, with what its runbook says. A rule names its alert by a row here,
 * so that none is without a runbook and no runbook is without an alert.
 */
export interface AlertRow {
  /** One sentence: what is so when it fires. */
  readonly means: string
  /** Whom it hurts, and how much. */
  readonly impact: string
  /** What to look at, in order. */
  readonly look: readonly string[]
  /** What to do, in order. */
  readonly act: readonly string[]
  /** What makes it fire without need, and how long it may be silenced. */
  readonly silence: string
}

const BURN_LOOK = [
  '`tenantry slo explain TENANT SLO` says which windows burn, how many events failed and since when; so does the page of the tenant in the portal.',
  'The breakdown of the same command or page: is it one route, one version, one region, or all of them?',
  'Deploys and corrections of the last hours (`tenantry deploy list`), and whether other tenants burn at the same time: many at once are the platform, one is the tenant.',
]
const BURN_SILENCE =
  'Silence by `tenant` and `slo`, never by alert name alone, and no longer than the work takes. For planned work enter a correction (`tenantry slo correction add`): it keeps the budget right, which a silence does not.'

export const ALERTS = {
  TenantBudgetBurnsFast: {
    means:
      'A tenant spends its error budget so fast that 2 % of the period are gone in an hour, and goes on doing so in the last minutes.',
    impact:
      "The tenant's users see failures now. Nothing else done, the budget is gone in about two days.",
    look: BURN_LOOK,
    act: [
      'Roll back or switch off what changed last, when the start of the burn matches it.',
      "Take load off: raise the tenant's quota if it is turned away, or limit the neighbour that takes its share.",
      'Tell the tenant if it is not over in half an hour; enterprise tenants at once.',
      'It ends by itself when the last five minutes are below the threshold. The ticket of the slower pairs stays.',
    ],
    silence: BURN_SILENCE,
  },
  TenantBudgetBurnsMedium: {
    means: 'A tenant has spent 5 % of its budget in six hours, and goes on doing so.',
    impact: 'Part of its users see failures. The budget is gone in about five days.',
    look: BURN_LOOK,
    act: [
      'As for the fast burn, in the order of the tiers.',
      'A burn that stays below the fast threshold is most often one route, one shard or one retry loop: find which, before anything is rolled back.',
    ],
    silence: BURN_SILENCE,
  },
  TenantBudgetBurnsSlow: {
    means: 'A tenant has spent 10 % of its budget in a day, and goes on doing so.',
    impact: 'Few users notice. The budget is gone in about ten days.',
    look: BURN_LOOK,
    act: [
      'Open a ticket for the team that owns the route or dependency that fails.',
      'Hold back risky changes for the tenant until it is below: `tenantry slo gate TENANT` tells what the budget policy says.',
    ],
    silence: BURN_SILENCE,
  },
  TenantBudgetBurnsLong: {
    means: 'Over three days a tenant spent its budget faster than the period bears.',
    impact: 'Nobody is hurt more than before; at this rate the objective is missed at the end.',
    look: BURN_LOOK,
    act: [
      'Bring it to the next SLO review (`tenantry report`): mend the cause, or agree on another objective.',
    ],
    silence: BURN_SILENCE,
  },
  TenantBudgetBurnsFallback: {
    means:
      "Tenantry says nothing of a tenant, and by the platform's own metrics the tenant's budget burns fast.",
    impact:
      "The tenant's users see failures now, and Tenantry does not page for it: this alert does.",
    look: [
      'TenantryDown or TenantStale fires beside it: why Tenantry says nothing is a second problem, of its own.',
      "The platform's own dashboards for the tenant: which route, version or dependency fails.",
    ],
    act: [
      'Help the tenant first, as for the fast burn.',
      'Then bring Tenantry back, see TenantryDown. It counts what its log holds, and this alert ends.',
    ],
    silence: 'Never while Tenantry is down: there is no other page for the tenant.',
  },
  TenantNoData: {
    means: 'A tenant had traffic within a day and nothing at all is heard of it now.',
    impact:
      'Either its users are cut off, or nobody measures them. Until it is heard again nothing else is raised for it.',
    look: [
      '`tenantry collector status` shows refused writes and dead targets; the page of the tenant shows when its last sample came.',
      "The tenant's collector or agent: is it up, does its key still hold, does it reach this address?",
      'The service itself: a probe from outside tells whether it answers.',
    ],
    act: [
      'Service down: treat as an outage of the tenant.',
      'Service up: mend the way of the metrics. What was buffered is counted when it comes, at its own time.',
      'Shut down on purpose: suspend the tenant, which ends the alert.',
    ],
    silence: 'By `tenant`, for planned shutdowns only.',
  },
  TenantStale: {
    means:
      'Tenantry still tells of a tenant, but the series that its rules count by are gone from this Prometheus.',
    impact: 'The rules here are blind for the tenant. Tenantry itself may still see and page.',
    look: [
      'Is `/metrics/tenants` scraped whole? A shard (`shard=i/n`) that is missing takes its tenants along; `scrape_samples_scraped` falls.',
      'Limits of the scrape (`sample_limit`, `body_size_limit`), and relabelling that drops families.',
    ],
    act: ['Mend the scrape job; the alert ends with the first two samples.'],
    silence: 'By `tenant`, until the scrape is mended.',
  },
  TenantryDown: {
    means: 'This Prometheus has no metrics of Tenantry itself.',
    impact:
      'No tenant is judged or paged for by Tenantry. The rules here go on by the tiers and objectives that they know; the fallback pages for fast burns. Senders keep what they could not deliver and send it later.',
    look: [
      'Is the process up, and does `GET /healthz` answer from the host itself?',
      'Its last log lines: a start that refuses says why and what to do (data directory locked, control database lost, log damaged).',
      'The machine: disk full, out of memory, no network from Prometheus.',
    ],
    act: [
      'Start it again over the same data directory. Nothing acknowledged is lost: it replays its log first, and `/readyz` says when it is done.',
      'Machine lost: make sure that the old process is gone for good, then attach its disk to another machine or take the newest copy of its data directory, whole: databases and log belong together. Start the same version there (`tenantry serve --data DIR`), wait for `/readyz`, and point the name that senders use at it. Measured: a copy with 231 MiB of log, 6 million samples since the last checkpoint, was ready after 11 s of CPU, 17 s on a machine with other work (`npm run bench -- restart`).',
    ],
    silence: 'For planned maintenance only, and no longer than senders can buffer.',
  },
  TenantryIngestRefusing: {
    means: 'More than 5 % of write requests were answered with 429 or a server error.',
    impact:
      'Senders retry; numbers of tenants come late. Past what senders buffer they are incomplete.',
    look: [
      '`sum by (reason) (rate(tenantry_ingest_refused_total[5m]))` names the reason; `tenantry collector status` explains each and what is done about it.',
      '429 for one tenant: its quota. 503: the log has no room, or too much waits.',
    ],
    act: [
      'One tenant over its quota: talk to it or raise the quota. Others are not touched.',
      'Log disk: see TenantryLogDisk. CPU: see TenantryEvaluationLate.',
    ],
    silence: 'No longer than senders buffer.',
  },
  TenantryLogDisk: {
    means:
      'The disk of the write-ahead log is short of room: writes are refused already, or it is full in four hours.',
    impact: 'Once refused, no sample is taken until there is room. What is there stays whole.',
    look: [
      '`tenantry_disk_free_bytes` and `tenantry_log_bytes`: is it the log that grows, or something beside it?',
      '`tenantry_log_reader_lag_bytes`: a reader that does not go on holds segments back, up to its cap.',
      '`tenantry_checkpoint_failures_in_a_row`: without checkpoints no segment is let go.',
    ],
    act: [
      'Make room beside the data directory, or enlarge the disk. Never delete files of the log.',
      'Mend the reader or the checkpoints; segments go by themselves afterwards.',
    ],
    silence: 'Do not silence: it turns into refused writes.',
  },
  TenantryCheckpointLag: {
    means:
      'A restart would have to replay more log than it is meant to, because checkpoints fail or come late.',
    impact: 'Nothing is lost. A restart takes longer than its fifteen seconds.',
    look: [
      '`tenantry_checkpoint_failures_total` and the log lines `a checkpoint failed`, which say it.',
      '`tenantry_checkpoint_seconds`: how long one takes; a slow disk shows here.',
    ],
    act: ['Mend the disk or its permissions. Do not restart before: the replay only grows.'],
    silence: 'An hour, while the cause is worked on.',
  },
  TenantryEvaluationLate: {
    means: 'SLOs are not evaluated as often as they should be, or a tick ended with an error.',
    impact:
      'Alerts of all tenants come late by as much. The rules here are not late with them.',
    look: [
      '`tenantry_tick_age_seconds`: how old the last evaluation is. `rate(tenantry_tick_failures_total[5m])`: does it end at all?',
      '`tenantry_tick_seconds` and `tenantry_event_loop_delay_seconds`: does it take long, or does something else hold the thread?',
      'CPU of the machine: two cores are what the figures were measured on.',
    ],
    act: [
      'A defect ends ticks with an error: the log line has its stack. Report it; a restart over the same data is safe.',
      'Too much work: fewer tenants a process, or hand rule evaluation of the largest to a ruler.',
    ],
    silence: 'An hour, while the rules here page.',
  },
  TenantryOutboxAge: {
    means: 'A notification has waited for more than two minutes, or was given up.',
    impact: 'Somebody who should know does not.',
    look: [
      '`tenantry alerts list` shows deliveries with their last answer.',
      '`sum by (channel, outcome) (rate(tenantry_deliveries_total[5m]))`: which channel fails, and how.',
    ],
    act: [
      'Tell whoever is on call by other means what fires now.',
      'Mend the channel: its address, its key, its rate limit. What waits is sent by itself; what was given up is not.',
    ],
    silence: 'Do not silence: there is no other word of it.',
  },
  TenantryClockSkew: {
    means: 'The clock of Tenantry and that of this Prometheus differ by more than five seconds.',
    impact:
      'Samples are booked in windows a little off; past the limits of lateness they are discarded. Alerts come early or late.',
    look: ['`chronyc tracking` or `timedatectl` on both machines: which of them is off?'],
    act: ['Mend time synchronisation; let the clock slew, do not step it back.'],
    silence: 'An hour.',
  },
  TenantryForwardLag: {
    means:
      'Forwarding to an engine is more than halfway to what it may lag, or has dropped samples because it lagged further.',
    impact:
      'Dashboards, rules and SLOs of the engine lack what is late. Past the cap the oldest samples are dropped for that engine, for good; Tenantry itself has them all.',
    look: [
      '`npx tenantry engine forwarding`: what the engine answered last, and whose samples were dropped.',
      '`rate(tenantry_forward_requests_total[5m])` by `code`: 429 is its limits, 4xx a wrong key or address, none an engine out of reach.',
      '`tenantry_forward_queued_samples` high and answers good: it takes less than comes.',
    ],
    act: [
      'Mend the engine, its address or its key; what waits is sent by itself, in order.',
      'A tenant over the limits of the engine: raise them there (`overrides`), or lower its quota here.',
      'A long outage ahead: raise `maxLagBytes` and `maxLagAge` in `engines.yaml` while the disk of the log has room.',
    ],
    silence: 'For an announced outage of the engine, no longer than `maxLagAge`.',
  },
  TenantryForwardRefused: {
    means: 'An engine answers that it does not take samples which were accepted here.',
    impact: 'These samples are missing in the engine; the others of the same requests are not.',
    look: [
      '`npx tenantry engine forwarding`: the last answer, in the engine’s words.',
      'Out of order or too old: does somebody else write the same series into the engine?',
    ],
    act: [
      'Limits of labels or series: make those of the engine wider than those of the tier.',
      'Out of order: one writer a series; or give the engine an out-of-order window.',
    ],
    silence: 'A day, while limits are aligned.',
  },
  TenantryEngineRules: {
    means:
      'Rules of tenants in a distributed engine are not what Tenantry would put there, the engine could not be asked, or the last push to it failed.',
    impact:
      'Where the engine decides for tenants, it decides by old rules or by none: a burn may page late, or nobody.',
    look: [
      '`tenantry engine list`, then `tenantry engine plan NAME`: whose rules differ, and why they are refused or not reached.',
      '`tenantry engine diff NAME --tenant ID`: did somebody change them there, or was an SLO, a tier or an override changed here and not pushed?',
      '`tenantry engine pushes NAME`: how the last push ended, tenant by tenant with `--push ID`.',
    ],
    act: [
      'Push: `tenantry engine push NAME --yes`. It is safe to repeat.',
      'Where the engine refuses: too many groups for its limits (raise them, `tenantry engine limits NAME` says to what), or a namespace that it protects.',
      'Where a push made it worse: `tenantry engine rollback NAME --yes`.',
    ],
    silence: 'As long as a change of many SLOs is being prepared, a day at most.',
  },
  TenantryWatchdog: {
    means: 'Nothing is wrong: it always fires, so that its absence tells that alerting is broken.',
    impact: 'None.',
    look: [
      'When it is missing at its receiver: is Prometheus up, does it evaluate rules, does it reach Alertmanager, does Alertmanager reach the receiver?',
    ],
    act: [
      'Route it to something that pages when it is NOT heard for a few minutes (a dead man’s switch), and to nobody else.',
    ],
    silence: 'Never.',
  },
} as const satisfies Record<string, AlertRow>
export type AlertName = keyof typeof ALERTS
export const ALERT_NAMES = Object.keys(ALERTS) as AlertName[]
