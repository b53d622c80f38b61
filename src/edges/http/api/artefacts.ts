/** `/api/v1/artefacts`: rules, dashboards and runbooks of what the server promises, as files. */
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { TenantryError } from '../../../core/errors.ts'
import { OPTION_TEXTS, optionsOf, type SaidOptions } from '../../../codegen/options.ts'
import { TARGETS } from '../../../codegen/targets.ts'
import type { CodegenOptions } from '../../../codegen/input.ts'
import type { Artefact } from '../../../codegen/artefact.ts'
import { allSlos } from '../../../domain/slo/slo.ts'
import { sha256Of, type RollOut } from '../../../domain/tenants/tenants.ts'
import { tarOf } from '../../../machinery/documents/tar.ts'
import { mediaTypeOf, wordsOf } from '../artefact-words.ts'
import { HTTP_ERRORS } from '../errors.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  artefactDiffSchema,
  artefactListSchema,
  artefactTargetSchema,
  rollOutSchema,
  type ArtefactFileBody,
  type ArtefactOptionsBody,
  type ArtefactTarget,
} from './artefacts.schema.ts'
import type { ApiDeps } from './parts.ts'

const optionsQuery = z.strictObject(OPTION_TEXTS)
const fileQuery = optionsQuery.extend({
  path: z.string().max(200),
  download: z.enum(['true', 'false']).exactOptional(),
})
const targetQuery = optionsQuery.extend({ target: artefactTargetSchema })
const diffQuery = targetQuery.extend({ against: z.string().max(100).exactOptional() })
const rollOutBody = z.strictObject({
  target: artefactTargetSchema,
  note: z.string().trim().max(500).default(''),
  /** As the query parameters of the same names. */
  options: optionsQuery.default({}),
})

export function artefactRoutes({ artefacts, sloBook, tenants }: ApiDeps): Route[] {
  const { rollOuts } = tenants
  const make = (said: SaidOptions) =>
    artefacts.make({ slos: allSlos(sloBook.spec()), options: optionsOf(said) })
  const filesOf = async (target: ArtefactTarget, said: SaidOptions): Promise<readonly Artefact[]> =>
    (await make(said)).targets.find(({ name }) => name === target)?.files ?? []

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/artefacts',
      permission: 'telemetry:read',
      summary: 'Lists the files that are made for other systems, by target.',
      status: 200,
      query: optionsQuery,
      answer: artefactListSchema,
      handler: async ({ query }) => {
        const bookVersion = sloBook.version()
        const { targets, leftOut } = await make(query)
        return json(200, {
          bookVersion,
          options: shownOptions(optionsOf(query)),
          targets: TARGETS.map(({ name, title, loadedBy }) => {
            const files = targets.find((made) => made.name === name)?.files ?? []
            const last = rollOuts.list(name)[0] ?? null
            return {
              name,
              title,
              loadedBy,
              files: files.map((file) => shownFile(file, last)),
              rolledOut: last && shownRollOut(last),
              removed: removedOf(files, last),
            }
          }),
          leftOut,
        })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/artefacts/file',
      permission: 'telemetry:read',
      summary: 'Shows one file.',
      status: 200,
      query: fileQuery,
      handler: async ({ query: { path, download, ...said } }) => {
        const { targets } = await make(said)
        const file = targets.flatMap(({ files }) => files).find((each) => each.path === path)
        if (file === undefined) {
          const message = `no target makes a file ${JSON.stringify(path)}`
          throw new TenantryError(HTTP_ERRORS.notFound, message)
        }
        const name = path.slice(path.lastIndexOf('/') + 1)
        const kind = download === 'true' ? 'attachment' : 'inline'
        return {
          status: 200,
          type: mediaTypeOf(path),
          headers: { 'content-disposition': `${kind}; filename="${name}"` },
          text: file.text,
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/artefacts/archive',
      permission: 'telemetry:read',
      summary: 'Packs the files of a target as they are to lie, as .tar.gz.',
      status: 200,
      query: targetQuery,
      handler: async ({ query: { target, ...said } }) => ({
        status: 200,
        type: 'application/gzip',
        headers: { 'content-disposition': `attachment; filename="tenantry-${target}.tar.gz"` },
        bytes: new Uint8Array(gzipSync(tarOf(await filesOf(target, said)))),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/artefacts/diff',
      permission: 'telemetry:read',
      summary: 'Tells what a target would change against the last roll-out, or another one.',
      status: 200,
      query: diffQuery,
      answer: artefactDiffSchema,
      handler: async ({ query: { target, against, ...said } }) => {
        const rollOutId = against ?? rollOuts.list(target)[0]?.rollOutId
        if (rollOutId === undefined) {
          const message = `nobody has said yet that ${target} was rolled out`
          throw new TenantryError(HTTP_ERRORS.notFound, message)
        }
        const { rollOut, files: before } = rollOuts.read(target, rollOutId)
        const after = await filesOf(target, said)
        const files = await artefacts.compare(before, after)
        const same = after.length - files.filter(({ change }) => change !== 'removed').length
        return json(200, { target, rolledOut: shownRollOut(rollOut), files, same })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/artefacts/roll-outs',
      permission: 'telemetry:read',
      summary: 'Lists the roll-outs of a target that are kept, newest first.',
      status: 200,
      query: z.strictObject({ target: artefactTargetSchema }),
      answer: z.object({ items: z.array(rollOutSchema) }),
      handler: ({ query }) => json(200, { items: rollOuts.list(query.target).map(shownRollOut) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/artefacts/roll-outs',
      permission: 'slo:write',
      summary: 'Keeps what a target makes now as what was rolled out.',
      status: 201,
      body: rollOutBody,
      answer: rollOutSchema,
      handler: async ({ body: { target, note, options: said }, principal, nowMs }) => {
        const files = await filesOf(target, said)
        const options = { ...shownOptions(optionsOf(said)) }
        const kept = rollOuts.record({ target, note, options, files }, principal, nowMs)
        return json(201, shownRollOut(kept))
      },
    }),
  ]
}

function shownOptions(options: CodegenOptions): ArtefactOptionsBody {
  const { reads, anchored, slothNames, platform, runbooks } = options
  const { maxRulesPerGroup: maxRules, maxGroups } = options
  return { reads, anchored, slothNames, ...platform, maxRules, maxGroups, runbooks }
}

function shownFile({ path, text }: Artefact, last: RollOut | null): ArtefactFileBody {
  const sha256 = sha256Of(text)
  const was = last?.hashes[path]
  const change = was === undefined ? 'added' : was === sha256 ? 'same' : 'changed'
  return {
    path,
    bytes: Buffer.byteLength(text),
    sha256,
    about: wordsOf(path),
    change: last === null ? null : change,
  }
}

function removedOf(files: readonly Artefact[], last: RollOut | null): string[] {
  const made = new Set(files.map(({ path }) => path))
  return Object.keys(last?.hashes ?? {}).filter((path) => !made.has(path))
}

function shownRollOut({ hashes, ...facts }: RollOut): z.infer<typeof rollOutSchema> {
  return { ...facts, files: Object.keys(hashes).length }
}
