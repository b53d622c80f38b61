/**
 * By what the requests of one tenant are told apart, so that one can see which route or version
 * eats a budget: data, and pure. A dimension has a name and the labels or attributes that may hold
 * its value, in the order in which they are tried.
 *
 * Source: OpenTelemetry semantic conventions 1.37 (http.route, service.version, peer.service,
 * k8s.cluster.name), as they come over OTLP and after translation to Prometheus names; labels that
 * Prometheus client libraries and Envoy use.
 */
import type { DimensionValues } from './cell.ts'
import type { LabelReader } from './status-class.ts'

export interface Dimension {
  readonly name: string
  readonly labels: readonly string[]
}

/** A dimension as a setting names it: without labels it has those of `KNOWN_LABELS`. */
export interface GivenDimension {
  readonly name: string
  readonly labels?: readonly string[]
}

const KNOWN_LABELS: Readonly<Record<string, readonly string[]>> = {
  route: ['http.route', 'http_route', 'route', 'handler'],
  version: ['service.version', 'service_version', 'version', 'app_version'],
  cell: ['cell', 'cell.id', 'cell_id', 'k8s.cluster.name', 'k8s_cluster_name'],
  dependency: ['dependency', 'peer.service', 'peer_service', 'upstream', 'envoy_cluster_name'],
  shard: ['shard', 'shard.id', 'shard_id'],
}

export const DEFAULT_DIMENSIONS: readonly GivenDimension[] = [
  { name: 'route' },
  { name: 'version' },
  { name: 'cell' },
  { name: 'dependency' },
]

/** Fills in where the values of dimensions stand. One that is not known is a label by its name. */
export function dimensionsOf(given: readonly GivenDimension[]): Dimension[] {
  return given.map(({ name, labels }) => ({ name, labels: labels ?? KNOWN_LABELS[name] ?? [name] }))
}

/** Reads the values of a series. Longer ones are cut; an empty one is none. */
export function valuesOf(
  dimensions: readonly Dimension[],
  label: LabelReader,
  characters: number,
): DimensionValues {
  return dimensions.map(({ labels }) => {
    const value = firstOf(labels, label)
    return value === undefined ? undefined : cut(value, characters)
  })
}

function firstOf(labels: readonly string[], label: LabelReader): string | undefined {
  for (const name of labels) {
    const value = label(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

function cut(value: string, characters: number): string {
  return value.length <= characters ? value : `${value.slice(0, characters - 1)}…`
}
