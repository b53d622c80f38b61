/** The shape of artefacts on the wire. The portal imports these types only. */
import { z } from 'zod'

const targetName = z.enum(['prometheus', 'mimir', 'operator', 'vmalert', 'grafana', 'k6'])
export const artefactTargetSchema = targetName
export type ArtefactTarget = z.infer<typeof targetName>

export const ARTEFACT_CHANGES = ['same', 'added', 'changed'] as const

const optionsSchema = z.object({
  reads: z.enum(['tenantry', 'platform']),
  anchored: z.boolean(),
  slothNames: z.boolean(),
  tenantLabel: z.string(),
  durationMetric: z.string(),
  codeLabel: z.string(),
  maxRules: z.int(),
  maxGroups: z.int(),
  runbooks: z.string(),
})
export type ArtefactOptionsBody = z.infer<typeof optionsSchema>

export const rollOutSchema = z.object({
  rollOutId: z.string(),
  target: z.string(),
  atMs: z.number(),
  rolledOutBy: z.string(),
  note: z.string(),
  /** By which the files were made. */
  options: z.record(z.string(), z.unknown()),
  files: z.int(),
})
export type RollOutBody = z.infer<typeof rollOutSchema>

const fileSchema = z.object({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** What it is, in words. */
  about: z.string(),
  /** Against the last roll-out. Null where there is none. */
  change: z.enum(ARTEFACT_CHANGES).nullable(),
})
export type ArtefactFileBody = z.infer<typeof fileSchema>

const targetSchema = z.object({
  name: targetName,
  title: z.string(),
  /** How the other system takes the files. */
  loadedBy: z.array(z.string()),
  files: z.array(fileSchema),
  /** The last one. Null before anybody said so. */
  rolledOut: rollOutSchema.nullable(),
  /** Files of that roll-out that are made no more. */
  removed: z.array(z.string()),
})
export type ArtefactTargetBody = z.infer<typeof targetSchema>

export const artefactListSchema = z.object({
  /** Of the SLO book that they are made of. */
  bookVersion: z.int(),
  options: optionsSchema,
  targets: z.array(targetSchema),
  /** SLOs that have no rules, and why. */
  leftOut: z.array(z.object({ sloId: z.string(), why: z.string() })),
})
export type ArtefactListBody = z.infer<typeof artefactListSchema>

const fileDiffSchema = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  addedLines: z.int(),
  removedLines: z.int(),
  /** Null where so much differs that a comparison by line says nothing. */
  hunks: z
    .array(
      z.object({
        /** Lines from 1. */
        fromLine: z.int(),
        toLine: z.int(),
        /** Each begins with `+`, `-` or a space. */
        lines: z.array(z.string()),
      }),
    )
    .nullable(),
})
export type ArtefactFileDiffBody = z.infer<typeof fileDiffSchema>

export const artefactDiffSchema = z.object({
  target: targetName,
  rolledOut: rollOutSchema,
  /** Those that differ. */
  files: z.array(fileDiffSchema),
  /** How many do not. */
  same: z.int(),
})
export type ArtefactDiffBody = z.infer<typeof artefactDiffSchema>
