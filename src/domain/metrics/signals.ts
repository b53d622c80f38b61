/**
 * Which incoming metrics are which signal: data, one row a metric, in families that are one source
 * each (`signals/`). A row holds on both wires: a histogram row `m` matches the OTLP histogram `m`
 * and the remote-write families `m_bucket`, `m_count` and `m_sum`. Where several sources report the
 * same signal of a tenant, the first in the order below counts and the others are shadowed: an
 * application and its proxies count a request once, a process and its container the same CPU.
 *
 * Containers come before processes, because all that runs in a container is in its figures; the
 * application before its proxies, because it knows best what became of a request; hosts last.
 */
import {
  DJANGO,
  FLASK,
  MICROMETER,
  PROMETHEUS,
  PROMETHEUS_2,
  PROMETHEUS_NET,
} from './signals/client-libraries.ts'
import { BLACKBOX, K6, NODE, POSTGRES, RATIO } from './signals/infrastructure.ts'
import {
  CADVISOR,
  CADVISOR_2,
  CADVISOR_DOCKER,
  KUBELET,
  KUBELET_POD,
} from './signals/kubernetes.ts'
import {
  OTEL,
  OTEL_2,
  OTEL_BODIES,
  OTEL_BODIES_2,
  OTEL_CONTAINER,
  OTEL_CONTAINER_2,
  OTEL_POD,
  OTEL_POD_2,
  OTEL_POSTGRES,
  OTEL_PROBE,
  OTEL_RUNTIME,
  OTEL_SYSTEM,
} from './signals/opentelemetry.ts'
import { ENVOY, INGRESS_NGINX, ISTIO, NGINX, NGINX_PLUS, NGINX_VTS } from './signals/proxies.ts'
import type { SourceFamily, SourceRow } from './signals/source-row.ts'
import { translatedFamily, withTranslatedLabels } from './signals/translated.ts'

/** What has names of its own. */
const EXPORTERS: readonly SourceFamily[] = [
  CADVISOR,
  CADVISOR_2,
  CADVISOR_DOCKER,
  KUBELET,
  KUBELET_POD,
  PROMETHEUS,
  PROMETHEUS_2,
  MICROMETER,
  PROMETHEUS_NET,
  FLASK,
  DJANGO,
  ISTIO,
  ENVOY,
  INGRESS_NGINX,
  NGINX_VTS,
  NGINX_PLUS,
  NGINX,
  POSTGRES,
  BLACKBOX,
  RATIO,
  NODE,
  K6,
]
const TAKEN: ReadonlySet<string> = new Set(
  EXPORTERS.flatMap(({ rows }) => rows.map(({ metric }) => metric)),
)

/** Best first. */
export const SOURCE_FAMILIES: readonly SourceFamily[] = [
  ...native(OTEL_CONTAINER, OTEL_CONTAINER_2),
  CADVISOR,
  CADVISOR_2,
  CADVISOR_DOCKER,
  KUBELET,
  ...native(OTEL_POD, OTEL_POD_2),
  KUBELET_POD,
  ...native(OTEL, OTEL_2, OTEL_RUNTIME),
  PROMETHEUS,
  PROMETHEUS_2,
  MICROMETER,
  PROMETHEUS_NET,
  FLASK,
  DJANGO,
  ...native(OTEL_BODIES, OTEL_BODIES_2),
  ISTIO,
  ENVOY,
  INGRESS_NGINX,
  NGINX_VTS,
  NGINX_PLUS,
  NGINX,
  ...native(OTEL_POSTGRES),
  POSTGRES,
  ...native(OTEL_PROBE),
  BLACKBOX,
  ...native(OTEL_SYSTEM),
  NODE,
  RATIO,
  K6,
]

export const SOURCE_ROWS: readonly SourceRow[] = SOURCE_FAMILIES.flatMap(
  ({ source, rows }, rank): SourceRow[] => rows.map((row) => ({ ...row, source, rank })),
)

/** A native histogram is a source of its own, a little better than the classic one of its name. */
export const NATIVE_SUFFIX = '-native'

/** Tells the row of the same histogram as a native one: senders may send both. */
export function nativeRow(row: SourceRow): SourceRow {
  return { ...row, source: `${row.source}${NATIVE_SUFFIX}`, rank: row.rank - 0.5 }
}

/**
 * What one unit, written as in UCUM, is in the unit that signals are kept in: seconds, bytes, plain
 * numbers.
 */
export const UNIT_SCALES: Readonly<Record<string, number>> = {
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  ns: 1e-9,
  min: 60,
  h: 3_600,
  d: 86_400,
  By: 1,
  KiBy: 2 ** 10,
  MiBy: 2 ** 20,
  GiBy: 2 ** 30,
  TiBy: 2 ** 40,
  kBy: 1e3,
  KBy: 1e3,
  MBy: 1e6,
  GBy: 1e9,
  TBy: 1e12,
}

/**
 * Families as OpenTelemetry sends them, then the same as Prometheus has them. A name that an
 * exporter has itself is the exporter's: `container_memory_working_set_bytes` is cAdvisor's.
 */
function native(...families: readonly SourceFamily[]): SourceFamily[] {
  const widened = families.map((family) => ({
    ...family,
    rows: family.rows.map(withTranslatedLabels),
  }))
  return [...widened, ...widened.map((family) => translatedFamily(family, TAKEN))]
}
