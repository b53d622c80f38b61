/** `/api/v1/collector/ha`: which of the replicas that send the same counts. */
import { z } from 'zod'
import { defineRoute, json, type Route } from '../route.ts'
import type { ApiDeps } from './parts.ts'

const replicaSchema = z.object({
  replica: z.string(),
  isElected: z.boolean(),
  /** When its last write was received. */
  heardAtMs: z.number(),
  receivedSamples: z.int(),
  /** Of the received ones: those left to another replica. */
  notElectedSamples: z.int(),
})

export const haClusterSchema = z.object({
  /** Null where key and header of the writers name no tenant. */
  tenantId: z.string().nullable(),
  cluster: z.string(),
  elected: z.string().nullable(),
  electedAtMs: z.number().nullable(),
  failovers: z.int(),
  replicas: z.array(replicaSchema),
})
export type HaClusterBody = Readonly<z.infer<typeof haClusterSchema>>

export const haSchema = z.object({
  clusterLabel: z.string(),
  replicaLabel: z.string(),
  failoverSeconds: z.number(),
  items: z.array(haClusterSchema),
})
export type HaBody = Readonly<z.infer<typeof haSchema>>

export function haRoutes({ metrics, ha }: Pick<ApiDeps, 'metrics' | 'ha'>): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/collector/ha',
      permission: 'telemetry:read',
      summary: 'Lists the clusters whose writers name replicas, and which replica of each counts.',
      status: 200,
      answer: haSchema,
      handler: () => json(200, { ...ha, items: metrics.haClusters() }),
    }),
  ]
}
