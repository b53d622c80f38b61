/**
 * Rules as files for vmalert or Prometheus, one an owner, written whole or not at all; then the
 * engine is told to read them again. Files that Tenantry did not write are never touched.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { TenantryError } from '../../../core/errors.ts'
import { parseTenantId, type TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { GENERATED } from '../../../codegen/artefact.ts'
import { yamlText } from '../../../codegen/alerts/rules-yaml.ts'
import { callEngine } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import { ENGINE_ERRORS } from '../errors.ts'
import { loadedProblem } from './loaded-rules.ts'
import type { GroupBody, RuleGroup } from './rule-group.ts'
import type { RulePlace } from './rule-place.ts'
import { SHARED_OWNER } from './rule-sets.ts'

const END = '.rules.yaml'
const OF_TENANT = 'tenantry-tenant-'
const SHARED = 'tenantry-all'
const ABOUT = 'Rules that Tenantry pushed; `tenantry engine push` writes them again.'

/** How long an engine may take to read its files again. */
const RELOAD_MS = 30 * SECOND_MS
const LOOK_MS = SECOND_MS / 2

export function openDirectoryPlace(parts: {
  readonly client: EngineClient
  readonly clock: Clock
  readonly directory: string
  readonly reloadUrl: string | undefined
}): RulePlace {
  const { client, clock, directory, reloadUrl } = parts

  const readGroups = async (owner: TenantId): Promise<RuleGroup[]> => {
    const path = join(directory, fileOf(owner))
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw notReadable(path, error)
    })
    if (text === undefined) return []
    if (!text.startsWith(`# ${GENERATED}`)) {
      const message = `${path} is not a file of Tenantry's: move it away`
      throw new TenantryError(ENGINE_ERRORS.notOurs, message)
    }
    return placed(owner, bodiesOf(text, path))
  }

  const owners = async (): Promise<TenantId[]> => {
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw notReadable(directory, error)
    })
    return names.flatMap((name) => ownerOf(name) ?? [])
  }

  return {
    read: async (owner) => ({ groups: await readGroups(owner), foreignGroups: 0 }),
    placed: (owner, groups) =>
      placed(
        owner,
        groups.map(({ body }) => body),
      ),
    async replace(owner, _, wanted) {
      const path = join(directory, fileOf(owner))
      if (wanted.length === 0) return rm(path, { force: true })
      const text = yamlText(ABOUT, { groups: wanted.map(({ body }) => body) })
      try {
        await mkdir(directory, { recursive: true })
        await writeFile(`${path}.new`, text, { flush: true })
        await rename(`${path}.new`, path)
      } catch (cause) {
        throw new TenantryError(ENGINE_ERRORS.directory, `could not write ${path}`, { cause })
      }
    },
    owners,
    async settle() {
      if (reloadUrl === undefined) return
      await callEngine(parts, { method: 'POST', url: reloadUrl })
      const wanted = (await Promise.all((await owners()).map(readGroups))).flat()
      const untilMs = clock.monotonicMs() + RELOAD_MS
      for (;;) {
        const problem = await loadedProblem(parts, reloadUrl, wanted)
        if (problem === undefined) return
        if (clock.monotonicMs() > untilMs) {
          const message = `${client.engine.name} did not take over its files: ${problem}`
          throw new TenantryError(ENGINE_ERRORS.notLoaded, message)
        }
        await clock.sleep(LOOK_MS)
      }
    },
  }
}

/** Groups of a file are told apart by the file. */
function placed(owner: TenantId, bodies: readonly GroupBody[]): RuleGroup[] {
  return bodies.map((body) => ({ namespace: fileOf(owner), body }))
}

function fileOf(owner: TenantId): string {
  return owner === SHARED_OWNER ? `${SHARED}${END}` : `${OF_TENANT}${owner}${END}`
}

function ownerOf(name: string): TenantId | undefined {
  if (name === fileOf(SHARED_OWNER)) return SHARED_OWNER
  if (!name.startsWith(OF_TENANT) || !name.endsWith(END)) return undefined
  return parseTenantId(name.slice(OF_TENANT.length, -END.length))
}

function bodiesOf(text: string, path: string): GroupBody[] {
  try {
    const { groups = [] } = (parse(text) ?? {}) as { groups?: GroupBody[] }
    return groups
  } catch (cause) {
    throw notReadable(path, cause)
  }
}

function notReadable(path: string, cause: unknown): TenantryError {
  return new TenantryError(ENGINE_ERRORS.directory, `could not read ${path}`, { cause })
}
