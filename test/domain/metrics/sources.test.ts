/** Which of several sources counts, through the door of the stage. */
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openBench, otlp, remoteWrite, type Labels } from './writing.ts'

const acme = tenantId('acme')
const T = 1_700_000_000_000

const series = (name: string, labels: Labels, ...samples: [number, number][]) => ({
  labels: { __name__: name, tenant: 'acme', ...labels },
  samples,
})

describe('a resource', () => {
  it('adds up with the others of its signal, and sources compete only within it', () => {
    const bench = openBench()
    bench.write(
      remoteWrite([
        series('pg_database_size_bytes', { datname: 'acme' }, [T, 1_000]),
        series('kubelet_volume_stats_used_bytes', { persistentvolumeclaim: 'data' }, [T, 200]),
        series('container_fs_usage_bytes', { id: '/k/a', container: 'app' }, [T, 30]),
        series('container_filesystem_usage_bytes', { k8s_container_name: 'app' }, [T, 31]),
      ]),
      T,
    )
    // 31 of the Collector's container, not cAdvisor's 30 beside it
    expect(bench.metrics.totals(acme).storageBytes).toBe(1_231)
  })

  it('keeps calls of databases and of other services apart, and both apart from requests', () => {
    const bench = openBench()
    const call = (name: string, labels: Labels, step: number) =>
      series(`${name}_count`, labels, [T, 0], [T + 1_000, step])
    bench.write(
      remoteWrite([
        call('db_client_operation_duration_seconds', { db_namespace: 'orders' }, 7),
        call('http_client_request_duration_seconds', { http_response_status_code: '503' }, 2),
        call('http_server_request_duration_seconds', { http_response_status_code: '200' }, 5),
        series('pg_stat_database_xact_commit', { datname: 'orders' }, [T, 0], [T + 1_000, 90]),
      ]),
      T,
    )
    expect(bench.gains()).toEqual({
      'acme dependency_calls 2xx': 7,
      'acme dependency_calls 5xx': 2,
      'acme requests 2xx': 5,
    })
  })
})

describe('a container', () => {
  const process = (...samples: [number, number][]) =>
    series('process_cpu_seconds_total', { job: 'app' }, ...samples)
  const container = (...samples: [number, number][]) =>
    series('container_cpu_usage_seconds_total', { id: '/k/a', container: 'app' }, ...samples)

  it('is the same CPU as the processes in it, and comes before them', () => {
    const bench = openBench()
    bench.write(remoteWrite([process([T, 0]), container([T, 0])]), T)
    const outcome = bench.write(
      remoteWrite([process([T + 1_000, 4]), container([T + 1_000, 5])]),
      T,
    )
    expect(outcome).toMatchObject({ attributed: 2, shadowed: 1 })
    expect(bench.gains()).toEqual({ 'acme cpu': 5 })
  })

  it('that is measured later takes over, and nothing is counted twice', () => {
    const bench = openBench()
    bench.write(remoteWrite([process([T, 0], [T + 1_000, 4])]), T)
    // What it used since its start was counted as the process's: only what comes after is its own
    const points = [{ startMs: T, atMs: T + 1_500, value: 6, attributes: { 'tenant.id': 'acme' } }]
    const metric = { name: 'container.cpu.time', unit: 's', kind: 'sum' as const, points }
    bench.writeOtlp(otlp({}, [metric]), T)
    expect(bench.gains()).toEqual({ 'acme cpu': 4 })
    const later = { ...metric, points: [{ ...points[0]!, atMs: T + 2_500, value: 7 }] }
    bench.writeOtlp(otlp({}, [later]), T)
    bench.write(remoteWrite([process([T + 2_500, 9])]), T)
    expect(bench.gains()).toEqual({ 'acme cpu': 1 })
  })

  it('that came back takes over without the time that the process stood in for it', () => {
    const bench = openBench()
    bench.write(remoteWrite([container([T, 0], [T + 1_000, 5]), process([T + 1_000, 0])]), T)
    const goneMs = T + 700_000
    bench.write(remoteWrite([process([goneMs, 30], [goneMs + 1_000, 31])]), goneMs)
    expect(bench.gains()).toEqual({ 'acme cpu': 36 })
    bench.write(remoteWrite([container([goneMs + 2_000, 37], [goneMs + 3_000, 39])]), goneMs)
    expect(bench.gains()).toEqual({ 'acme cpu': 2 })
  })
})

describe('a probe', () => {
  it('counts each of its samples once, as a success or a failure', () => {
    const bench = openBench()
    const samples: [number, number][] = [
      [T, 1],
      [T + 15_000, 0],
      [T + 15_000, 0],
      [T + 30_000, 1],
    ]
    const outcome = bench.write(remoteWrite([series('probe_success', {}, ...samples)]), T + 30_000)
    expect(outcome).toMatchObject({ attributed: 3, duplicate: 1 })
    expect(bench.gains()).toEqual({ 'acme probes 2xx': 2, 'acme probes 5xx': 1 })
    expect(bench.metrics.totals(acme).probes).toMatchObject({ '2xx': 2, '5xx': 1 })
  })
})

describe('what a browser measures', () => {
  it('is what its user waited for, and no call of a dependency', () => {
    const bench = openBench()
    const points = [
      { startMs: T - 1_000, atMs: T, count: 3, sum: 1.5, buckets: [1, 2], bounds: [0.5] },
    ]
    const metric = {
      name: 'http.client.request.duration',
      unit: 's',
      kind: 'histogram' as const,
      points,
    }
    const resource = { 'tenant.id': 'acme', 'telemetry.sdk.language': 'webjs' }
    bench.writeOtlp(otlp(resource, [metric]), T)
    expect(bench.gains()).toEqual({
      'acme user_duration 0.5': 1,
      'acme user_duration Infinity': 3,
      'acme user_duration_sum': 1.5,
    })
    expect(bench.metrics.totals(acme).userDurationBuckets).toHaveLength(2)
  })
})
