/** Reads what commands are given as files. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { TenantryError } from '../../core/errors.ts'
import { SLO_CONFIG_KINDS, sloDocuments, type SloDocuments } from '../../domain/slo/slo.ts'
import { readTenantFiles, type TenantFiles } from '../../domain/tenants/tenants.ts'
import { ENGINES_FILE } from '../../engines.ts'
import { SCRAPE_FILE, targetListsOf } from '../../scraping.ts'
import { CLI_ERRORS } from './errors.ts'

/** Files with a form of their own, read by whom they concern. */
const OWN_FILES: ReadonlySet<string> = new Set([SCRAPE_FILE, ENGINES_FILE])

/** What files say of all stages. */
export interface ConfigFiles extends TenantFiles {
  readonly slo: SloDocuments['parts']
}

/**
 * Reads one YAML file, or every one below a directory, sorted by path; those that the scrape file
 * takes targets from are left out, as are it and the file of engines. Throws CLI_NOT_READABLE.
 */
export function readConfigDirectory(path: string): ConfigFiles {
  try {
    const isTargetList = targetListsOf(join(path, SCRAPE_FILE))
    const names = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.ya?ml$/.test(name) && !OWN_FILES.has(name))
          .toSorted()
          .map((name) => join(path, name))
          .filter((name) => !isTargetList(name))
      : [path].filter((name) => !OWN_FILES.has(basename(name)))
    const texts = names.map((name) => ({ name, text: readFileSync(name, 'utf8') }))
    const files = readTenantFiles(texts, SLO_CONFIG_KINDS)
    const { parts, problems } = sloDocuments(files.others)
    return { ...files, slo: parts, problems: [...files.problems, ...problems] }
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read configuration from ${path}`, {
      cause,
    })
  }
}

/** Reads one file, or every YAML and JSON file below a directory, sorted by path. Throws
 *  CLI_NOT_READABLE. */
export function readTexts(path: string): { name: string; text: string }[] {
  try {
    const names = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.(ya?ml|json)$/.test(name))
          .toSorted()
          .map((name) => join(path, name))
      : [path]
    return names.map((name) => ({ name, text: readFileSync(name, 'utf8') }))
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${path}`, { cause })
  }
}

/** Reads a text file that an option names. Throws CLI_NOT_READABLE. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.notReadable, `could not read ${path}`, { cause })
  }
}
