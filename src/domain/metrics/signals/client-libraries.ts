/**
 * What Prometheus' client libraries report of a process and of the requests that it serves.
 *
 * Source: the documentation of Prometheus, "Writing client libraries", process metrics; of
 * client_golang's promhttp, go-grpc-prometheus and grpc-ecosystem providers; of client_java and
 * Micrometer with Spring Boot ("http.server.requests", "http.client.requests"); of
 * prometheus_client for Python with prometheus-fastapi-instrumentator, prometheus_flask_exporter
 * and django-prometheus; of prometheus-net for ASP.NET Core; of prom-client for Node.js.
 */
import {
  CALL_PARTS,
  counter,
  gauge,
  histogram,
  HTTP_PARTS,
  type SourceFamily,
} from './source-row.ts'

/** The names that most libraries and services agree on. */
export const PROMETHEUS: SourceFamily = {
  source: 'prometheus',
  says: 'the application, by a Prometheus client library',
  rows: [
    counter('http_requests_total', 'requests'),
    counter('grpc_server_handled_total', 'requests'),
    counter('grpc_client_handled_total', 'dependency_calls', { resource: 'rpc' }),
    counter('process_cpu_seconds_total', 'cpu'),
    gauge('process_resident_memory_bytes', 'memory'),
    counter('process_network_receive_bytes_total', 'network_in'),
    counter('process_network_transmit_bytes_total', 'network_out'),
    gauge('http_requests_in_flight', 'active_requests'),
    counter('api_calls_total', 'api_calls'),
    counter('api_requests_total', 'api_calls'),
    gauge('active_users', 'active_users'),
  ],
}

/** Histograms of the same requests. */
export const PROMETHEUS_2: SourceFamily = {
  source: 'prometheus-2',
  says: 'the application, by a histogram of a Prometheus client library',
  rows: [
    histogram('http_request_duration_seconds', HTTP_PARTS),
    histogram('grpc_server_handling_seconds', HTTP_PARTS),
    histogram('grpc_client_handling_seconds', CALL_PARTS, { resource: 'rpc' }),
    gauge('http_requests_in_progress', 'active_requests'),
  ],
}

export const MICROMETER: SourceFamily = {
  source: 'micrometer',
  says: 'the application, by Micrometer',
  rows: [
    histogram('http_server_requests_seconds', HTTP_PARTS),
    histogram('http_client_requests_seconds', CALL_PARTS, { resource: 'http' }),
    counter('process_cpu_time_ns_total', 'cpu', { unit: 'ns' }),
    gauge('jvm_memory_used_bytes', 'memory'),
  ],
}

export const PROMETHEUS_NET: SourceFamily = {
  source: 'prometheus-net',
  says: 'the application, by prometheus-net',
  rows: [
    counter('http_requests_received_total', 'requests'),
    histogram('httpclient_request_duration_seconds', CALL_PARTS, { resource: 'http' }),
    gauge('process_working_set_bytes', 'memory'),
  ],
}

export const FLASK: SourceFamily = {
  source: 'flask',
  says: 'the application, by prometheus_flask_exporter',
  rows: [histogram('flask_http_request_duration_seconds', HTTP_PARTS)],
}

export const DJANGO: SourceFamily = {
  source: 'django',
  says: 'the application, by django-prometheus',
  rows: [
    counter('django_http_responses_total_by_status_total', 'requests'),
    histogram('django_http_requests_latency_including_middlewares_seconds', {
      sum: 'duration_sum',
      bucket: 'duration',
    }),
  ],
}
