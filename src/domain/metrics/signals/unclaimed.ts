/**
 * Metrics that are known and on purpose feed nothing, with the reason: for whoever asks what became
 * of a series. A pattern is a name, or with `*` its beginning or its end. The first that fits is
 * the reason. Nothing here changes a count.
 */
export interface UnclaimedRow {
  readonly pattern: string
  readonly because: string
}

export const UNCLAIMED_ROWS: readonly UnclaimedRow[] = [
  { pattern: 'kube_*', because: 'kube-state-metrics says what is asked for, not what is used' },
  { pattern: 'container_spec_*', because: 'a limit of a container, not what it uses' },
  { pattern: 'machine_*', because: 'what a machine has, not what is used' },
  {
    pattern: 'container_*',
    because: 'a sum or a detail of cAdvisor: the usage of containers is counted elsewhere',
  },
  { pattern: 'node_*', because: 'a detail of a host, or one that no single series tells' },
  { pattern: 'kubelet_*', because: 'the kubelet about itself' },
  {
    pattern: 'envoy_cluster_*',
    because: 'requests that Envoy hands on: they are counted as they arrive',
  },
  {
    pattern: 'envoy_http_downstream_rq_*',
    because: 'the same requests as envoy_http_downstream_rq_xx, or Envoy itself',
  },
  { pattern: 'envoy_*', because: 'Envoy about itself' },
  {
    pattern: 'nginx_vts_upstream_*',
    because: 'requests that nginx hands on: they are counted as they arrive',
  },
  { pattern: 'nginx_vts_*', because: 'a sum of what stands beside it, or nginx about itself' },
  {
    pattern: 'nginxplus_upstream_*',
    because: 'requests that nginx hands on: they are counted as they arrive',
  },
  {
    pattern: 'istio_*',
    because: 'the calling side of a request, or a detail of it: the serving side counts',
  },
  {
    pattern: 'process_cpu_user_seconds_total',
    because: 'a part of process_cpu_seconds_total',
  },
  {
    pattern: 'process_cpu_system_seconds_total',
    because: 'a part of process_cpu_seconds_total',
  },
  { pattern: 'process_open_fds', because: 'a detail of a process' },
  { pattern: 'process_max_fds', because: 'a detail of a process' },
  { pattern: 'process_start_time_seconds', because: 'a detail of a process' },
  { pattern: 'process_virtual_memory_*', because: 'address space, of which little is in use' },
  { pattern: '*_build_info', because: 'which version runs' },
  { pattern: '*_created', because: 'since when a counter counts' },
  { pattern: 'nginx_*', because: 'nginx about itself' },
  { pattern: 'nginxexporter_*', because: 'the exporter about itself' },
  { pattern: 'python_*', because: 'the Python runtime about itself' },
  { pattern: 'nodejs_*', because: 'the Node.js runtime about itself' },
  { pattern: 'jvm_*', because: 'the Java runtime about itself' },
  { pattern: 'dotnet_*', because: 'the .NET runtime about itself' },
  { pattern: 'promhttp_*', because: 'scrapes of the metrics themselves' },
  { pattern: 'go_*', because: 'the Go runtime about itself' },
  { pattern: 'scrape_*', because: 'about a scrape' },
  { pattern: 'up', because: 'whether a scrape succeeded, not whether a tenant is served' },
  { pattern: 'target_info', because: 'labels of a resource, no measure' },
  { pattern: 'pg_*', because: 'PostgreSQL about itself' },
  { pattern: 'probe_*', because: 'a detail of a probe: probe_success counts' },
]

/** Tells why a known metric feeds nothing. Undefined for one that is not known. */
export function whyUnclaimed(metric: string): string | undefined {
  return UNCLAIMED_ROWS.find(({ pattern }) => fits(pattern, metric))?.because
}

function fits(pattern: string, metric: string): boolean {
  if (pattern.startsWith('*')) return metric.endsWith(pattern.slice(1))
  if (pattern.endsWith('*')) return metric.startsWith(pattern.slice(0, -1))
  return metric === pattern
}
