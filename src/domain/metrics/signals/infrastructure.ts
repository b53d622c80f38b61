/**
 * What exporters of databases, hosts and probes report.
 *
 * Source: postgres_exporter (pg_stat_database and pg_database collectors), node_exporter (cpu,
 * netdev, meminfo and filesystem collectors), blackbox_exporter (`probe_success`).
 */
import { RATIO_METRICS } from '../../../core/names/signals.ts'
import { counter, gauge, histogram, type SourceFamily } from './source-row.ts'

/** Transactions are the least exact view of calls: whoever makes them knows better. */
export const POSTGRES: SourceFamily = {
  source: 'postgres',
  says: 'PostgreSQL, by postgres_exporter',
  rows: [
    gauge('pg_database_size_bytes', 'storage', { resource: 'database' }),
    counter('pg_stat_database_xact_commit', 'dependency_calls', { resource: 'database' }),
    counter('pg_stat_database_xact_rollback', 'dependency_calls', { resource: 'database' }),
  ],
}

/**
 * File systems that keep what is written: not those in memory, of the system, or of another host.
 */
const DISKS = {
  where: [
    {
      labels: ['fstype'],
      values: ['ext*', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'jfs', 'ufs', 'apfs', 'ntfs*'],
    },
  ],
  // Volumes of pods, which the kubelet tells of
  except: [{ labels: ['mountpoint'], values: ['/var/lib/kubelet*'] }],
  resource: 'disk',
}

/**
 * A whole host: only where it is one tenant's. What is used is the whole without what is left: of
 * memory what programs could have, because caches give way to them; of disks what is free, because
 * blocks kept for root hold nothing either.
 */
export const NODE: SourceFamily = {
  source: 'node',
  says: 'hosts, by node_exporter',
  rows: [
    counter('node_cpu_seconds_total', 'cpu', {
      except: [{ labels: ['mode'], values: ['idle', 'iowait', 'steal'] }],
    }),
    ...(['receive', 'transmit'] as const).map((direction) =>
      counter(
        `node_network_${direction}_bytes_total`,
        direction === 'receive' ? 'network_in' : 'network_out',
        { where: [{ labels: ['device'], values: ['eth*', 'en*', 'wl*'] }] },
      ),
    ),
    gauge('node_memory_MemTotal_bytes', 'memory'),
    gauge('node_memory_MemAvailable_bytes', 'memory', { scale: -1 }),
    gauge('node_filesystem_size_bytes', 'storage', DISKS),
    gauge('node_filesystem_free_bytes', 'storage', { ...DISKS, scale: -1 }),
  ],
}

/** Recorded by whoever knows better, such as a rule of Prometheus: a share from 0 to 1. */
export const RATIO: SourceFamily = {
  source: 'ratio',
  says: 'shares of errors or successes, measured as such',
  rows: [
    gauge(RATIO_METRICS.error_ratio, 'error_ratio'),
    gauge(RATIO_METRICS.success_ratio, 'success_ratio'),
  ],
}

export const BLACKBOX: SourceFamily = {
  source: 'blackbox',
  says: 'probes from outside, by blackbox_exporter',
  rows: [gauge('probe_success', 'probes')],
}

/**
 * A load test with k6, by its output for remote write: what the generator saw. The last choice: it
 * counts only where nothing else reports a tenant's requests, so that none counts twice.
 */
export const K6: SourceFamily = {
  source: 'k6',
  says: 'a load test, by k6',
  rows: [
    counter('k6_http_reqs_total', 'requests'),
    histogram('k6_http_req_duration_seconds', { sum: 'duration_sum', bucket: 'duration' }),
  ],
}
