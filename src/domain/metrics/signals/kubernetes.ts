/**
 * What a Kubernetes node measures of containers, pods and volumes. The kubelet serves the same
 * figures twice: at `/metrics/cadvisor`, where a series also names the container's image and
 * cgroup, and at `/metrics/resource`. kube-state-metrics has no rows: it says what is asked for and
 * in which state things are, not what is used.
 *
 * Source: docs/storage/prometheus.md of cAdvisor; kubelet's resource metrics and volume statistics
 * in the Kubernetes metrics reference.
 */
import { counter, gauge, type LabelRule, type SourceFamily } from './source-row.ts'

const CONTAINER = ['exported_container', 'container', 'container_name']
const POD = ['exported_pod', 'pod', 'pod_name']

/** The root cgroup, those of pods and those of the system are sums of what stands beside them. */
const NO_CONTAINER: LabelRule = { labels: CONTAINER, values: ['', 'POD'] }
const NO_POD: LabelRule = { labels: POD, values: [''] }
/** Only cAdvisor tells the cgroup and the image. */
const NOT_CADVISOR: LabelRule = { labels: ['id', 'image', 'name'], values: [''] }
const CADVISOR_LABELS: LabelRule = { labels: ['id', 'image', 'name'], values: ['*'] }

export const CADVISOR: SourceFamily = {
  source: 'cadvisor',
  says: 'containers, measured by cAdvisor',
  rows: [
    // Either one series for all CPUs, `cpu="total"`, or one for each: they add up
    counter('container_cpu_usage_seconds_total', 'cpu', {
      where: [CADVISOR_LABELS],
      except: [NO_CONTAINER],
    }),
    gauge('container_memory_working_set_bytes', 'memory', {
      where: [CADVISOR_LABELS],
      except: [NO_CONTAINER],
    }),
    gauge('container_fs_usage_bytes', 'storage', {
      resource: 'files',
      where: [CADVISOR_LABELS],
      except: [NO_CONTAINER],
    }),
    // A pod's containers share its network: the series names the pod, and no container of it
    counter('container_network_receive_bytes_total', 'network_in', { except: [NO_POD] }),
    counter('container_network_transmit_bytes_total', 'network_out', { except: [NO_POD] }),
  ],
}

/** Beside the working set: files that could be given back are in it. */
export const CADVISOR_2: SourceFamily = {
  source: 'cadvisor-2',
  says: 'containers, measured by cAdvisor, caches included',
  rows: [
    gauge('container_memory_usage_bytes', 'memory', {
      where: [CADVISOR_LABELS],
      except: [NO_CONTAINER],
    }),
  ],
}

/** Docker without Kubernetes: containers have names, and neither pods nor `container`. */
export const CADVISOR_DOCKER: SourceFamily = {
  source: 'cadvisor-docker',
  says: 'containers outside Kubernetes, measured by cAdvisor',
  rows: [
    ['container_cpu_usage_seconds_total', 'cpu', 'counter'] as const,
    ['container_memory_working_set_bytes', 'memory', 'gauge'] as const,
    ['container_network_receive_bytes_total', 'network_in', 'counter'] as const,
    ['container_network_transmit_bytes_total', 'network_out', 'counter'] as const,
  ].map(([metric, signal, shape]) => ({
    metric,
    shape,
    signals: { value: signal },
    where: [NO_POD, { labels: CONTAINER, values: [''] }, { labels: ['name'], values: ['*'] }],
  })),
}

export const KUBELET: SourceFamily = {
  source: 'kubelet',
  says: 'containers and volumes, by the kubelet',
  rows: [
    counter('container_cpu_usage_seconds_total', 'cpu', {
      where: [NOT_CADVISOR],
      except: [NO_CONTAINER],
    }),
    gauge('container_memory_working_set_bytes', 'memory', {
      where: [NOT_CADVISOR],
      except: [NO_CONTAINER],
    }),
    gauge('kubelet_volume_stats_used_bytes', 'storage', { resource: 'volume' }),
  ],
}

export const KUBELET_POD: SourceFamily = {
  source: 'kubelet-pod',
  says: 'pods, by the kubelet',
  rows: [
    counter('pod_cpu_usage_seconds_total', 'cpu'),
    gauge('pod_memory_working_set_bytes', 'memory'),
  ],
}
