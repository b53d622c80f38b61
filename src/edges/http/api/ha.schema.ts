/** The replicas of senders on the wire. The portal imports these types only. */
import { z } from 'zod'

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
