/**
 * What proxies report of the requests that go through them. Each counts a request once, as it
 * arrived: what Envoy calls downstream. What it hands on is the same request again, or a retry, or
 * a call of its own, and has no rows.
 *
 * Source: Envoy, "HTTP connection manager statistics" and its Prometheus output; Istio, "Istio
 * Standard Metrics"; ingress-nginx, "Monitoring"; nginx-module-vts, Prometheus display;
 * nginx-prometheus-exporter, exported metrics.
 */
import { counter, gauge, histogram, type LabelRule, type SourceFamily } from './source-row.ts'

/** A sidecar reports a request at both ends: only the one that serves it is asked. */
const AT_SERVER: LabelRule = { labels: ['reporter'], values: ['destination'] }

export const ISTIO: SourceFamily = {
  source: 'istio',
  says: 'the mesh, at the side that serves',
  rows: [
    counter('istio_requests_total', 'requests', { where: [AT_SERVER] }),
    histogram(
      'istio_request_duration_milliseconds',
      { sum: 'duration_sum', bucket: 'duration' },
      { unit: 'ms', where: [AT_SERVER] },
    ),
  ],
}

/** Scrapes of Envoy itself, and what a sidecar's own service calls. */
const NOT_SERVED: LabelRule = {
  labels: ['envoy_http_conn_manager_prefix'],
  values: ['admin', 'async-client', 'outbound*', 'egress*'],
}

export const ENVOY: SourceFamily = {
  source: 'envoy',
  says: 'Envoy, as requests arrive',
  rows: [
    counter('envoy_http_downstream_rq_xx', 'requests', { except: [NOT_SERVED] }),
    histogram(
      'envoy_http_downstream_rq_time',
      { sum: 'duration_sum', bucket: 'duration' },
      { unit: 'ms', except: [NOT_SERVED] },
    ),
    gauge('envoy_http_downstream_rq_active', 'active_requests', { except: [NOT_SERVED] }),
    counter('envoy_http_downstream_cx_rx_bytes_total', 'network_in', { except: [NOT_SERVED] }),
    counter('envoy_http_downstream_cx_tx_bytes_total', 'network_out', { except: [NOT_SERVED] }),
  ],
}

export const INGRESS_NGINX: SourceFamily = {
  source: 'ingress-nginx',
  says: 'the ingress controller, nginx',
  rows: [
    counter('nginx_ingress_controller_requests', 'requests'),
    histogram('nginx_ingress_controller_request_duration_seconds', {
      sum: 'duration_sum',
      bucket: 'duration',
    }),
    histogram('nginx_ingress_controller_request_size', { sum: 'network_in' }),
    histogram('nginx_ingress_controller_response_size', { sum: 'network_out' }),
  ],
}

/** The host `*` is the sum of all hosts, the code `total` that of all codes. */
const ALL_HOSTS: LabelRule = { labels: ['host'], values: ['\\*'] }
const ALL_CODES: LabelRule = { labels: ['code'], values: ['total'] }

export const NGINX_VTS: SourceFamily = {
  source: 'nginx-vts',
  says: 'nginx, by its traffic status module',
  rows: [
    counter('nginx_vts_server_requests_total', 'requests', { except: [ALL_CODES] }),
    histogram('nginx_vts_server_request_duration_seconds', {
      sum: 'duration_sum',
      bucket: 'duration',
    }),
    counter('nginx_vts_server_bytes_total', 'network_in', {
      where: [{ labels: ['direction'], values: ['in'] }],
    }),
    counter('nginx_vts_server_bytes_total', 'network_out', {
      where: [{ labels: ['direction'], values: ['out'] }],
    }),
  ].map((row) => ({ ...row, except: [...(row.except ?? []), ALL_HOSTS] })),
}

export const NGINX_PLUS: SourceFamily = {
  source: 'nginx-plus',
  says: 'NGINX Plus, by zone',
  rows: [
    counter('nginxplus_server_zone_responses', 'requests'),
    counter('nginxplus_server_zone_received', 'network_in'),
    counter('nginxplus_server_zone_sent', 'network_out'),
  ],
}

/** Of all requests alike, whatever became of them. */
export const NGINX: SourceFamily = {
  source: 'nginx',
  says: 'nginx, by its stub status',
  rows: [counter('nginx_http_requests_total', 'requests')],
}
