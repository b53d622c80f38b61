/**
 * The payloads of the ingest benchmark in each format that Tenantry takes over HTTP: the same series and values of a round, as a
 * sender of that format would send them. OTLP comes by resource, a pod each with its twenty series, a hundred pods a request;
 * remote write in the shuffled order of the payloads.
 */
import { compressSync } from 'snappy'
import { openProtoWriter, type ProtoWriter } from '../../src/machinery/wire/encode.ts'
import { readLabels } from '../../src/machinery/wire/labels.ts'
import { readWriteRequest } from '../../src/machinery/wire/remote-write.ts'
import { toVersion2 } from '../machinery/wire/to-version-2.ts'
import type { Round } from './payloads.ts'

export interface IngestFormat {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodies: (round: Round) => Buffer[]
}

const REMOTE_WRITE_HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
}

export const REMOTE_WRITE: IngestFormat = {
  name: 'ingest',
  path: '/api/v1/write',
  headers: REMOTE_WRITE_HEADERS,
  bodies: ({ messages }) => messages.map((message) => compressSync(message)),
}

export const OTLP: IngestFormat = {
  name: 'ingest of OTLP protobuf',
  path: '/api/v1/otlp/v1/metrics',
  headers: { 'content-type': 'application/x-protobuf' },
  bodies: (round) => requestsOf(round).map(otlpProtobuf),
}

export const OTHER_FORMATS: readonly IngestFormat[] = [
  {
    name: 'ingest of remote write 2.0',
    path: '/api/v1/write',
    headers: {
      ...REMOTE_WRITE_HEADERS,
      'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'x-prometheus-remote-write-version': '2.0.0',
    },
    bodies: ({ messages }) => messages.map((message) => compressSync(toVersion2(message))),
  },
  OTLP,
  {
    name: 'ingest of OTLP JSON',
    path: '/v1/metrics',
    headers: { 'content-type': 'application/json' },
    bodies: (round) => requestsOf(round).map(otlpJson),
  },
]

const PODS_PER_REQUEST = 100
const CUMULATIVE = 2
/** What describes the pod; the other labels describe the point. */
const RESOURCE_NAMES: Readonly<Record<string, string>> = {
  instance: 'service.instance.id',
  job: 'service.name',
  pod: 'k8s.pod.name',
  region: 'cloud.region',
}

interface Point {
  readonly attributes: readonly (readonly [string, string])[]
  readonly value: number
}

interface Pod {
  readonly resource: readonly (readonly [string, string])[]
  readonly points: Point[]
}

interface OtlpRequest {
  readonly timeUnixNano: bigint
  readonly pods: readonly Pod[]
}

function requestsOf({ messages, timestampMs }: Round): OtlpRequest[] {
  const pods = new Map<string, Pod>()
  for (const message of messages) addPoints(pods, message)
  const all = [...pods.values()]
  const timeUnixNano = BigInt(timestampMs) * 1_000_000n
  const requests: OtlpRequest[] = []
  for (let from = 0; from < all.length; from += PODS_PER_REQUEST) {
    requests.push({ timeUnixNano, pods: all.slice(from, from + PODS_PER_REQUEST) })
  }
  return requests
}

function addPoints(pods: Map<string, Pod>, message: Uint8Array): void {
  let attributes: Point['attributes'] = []
  let pod: Pod = { resource: [], points: [] }
  readWriteRequest(message, {
    series(bytes, start, end) {
      const labels = readLabels(bytes, start, end).filter(({ name }) => name !== '__name__')
      const shared = labels.filter(({ name }) => name in RESOURCE_NAMES)
      const name = shared.find((label) => label.name === 'pod')?.value ?? ''
      attributes = labels
        .filter((label) => !(label.name in RESOURCE_NAMES))
        .map((label) => [label.name, label.value])
      const known = pods.get(name)
      pod = known ?? {
        resource: shared.map((label) => [RESOURCE_NAMES[label.name] ?? '', label.value]),
        points: [],
      }
      if (known === undefined) pods.set(name, pod)
    },
    sample: (value) => void pod.points.push({ attributes, value }),
    sampleSince: () => undefined,
    stale: () => undefined,
    nativeHistogram: () => undefined,
  })
}

function otlpProtobuf({ timeUnixNano, pods }: OtlpRequest): Buffer {
  const writer = openProtoWriter()
  for (const { resource, points } of pods) {
    writer.message(1, () => {
      writer.message(1, () => writeAttributes(writer, 1, resource))
      writer.message(2, () => {
        writer.message(2, () => {
          writer.text(1, 'http_requests_total')
          writer.message(7, () => {
            for (const { attributes, value } of points) {
              writer.message(1, () => {
                writer.fixed64(3, timeUnixNano)
                writer.double(4, value)
                writeAttributes(writer, 7, attributes)
              })
            }
            writer.varint(2, CUMULATIVE)
            writer.varint(3, 1)
          })
        })
      })
    })
  }
  return Buffer.from(writer.take())
}

function writeAttributes(
  writer: ProtoWriter,
  field: number,
  attributes: readonly (readonly [string, string])[],
): void {
  for (const [key, value] of attributes) {
    writer.message(field, () => {
      writer.text(1, key)
      writer.message(2, () => writer.text(1, value))
    })
  }
}

function otlpJson({ timeUnixNano, pods }: OtlpRequest): Buffer {
  const resourceMetrics = pods.map(({ resource, points }) => ({
    resource: { attributes: resource.map(jsonAttribute) },
    scopeMetrics: [
      {
        metrics: [
          {
            name: 'http_requests_total',
            sum: {
              dataPoints: points.map(({ attributes, value }) => ({
                timeUnixNano: String(timeUnixNano),
                asDouble: value,
                attributes: attributes.map(jsonAttribute),
              })),
              aggregationTemporality: CUMULATIVE,
              isMonotonic: true,
            },
          },
        ],
      },
    ],
  }))
  return Buffer.from(JSON.stringify({ resourceMetrics }))
}

function jsonAttribute([key, stringValue]: readonly [string, string]) {
  return { key, value: { stringValue } }
}
