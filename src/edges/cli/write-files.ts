/** Writes what a command makes into a directory. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TenantryError } from '../../core/errors.ts'
import { CLI_ERRORS } from './errors.ts'

export interface TextFile {
  readonly name: string
  readonly text: string
}

/** Writes all files or none. Throws CLI_ALREADY_THERE unless it may write over files. */
export function writeFiles(
  directory: string,
  files: readonly TextFile[],
  { force }: { readonly force: boolean },
): readonly string[] {
  const paths = files.map(({ name }) => join(directory, name))
  const there = force ? undefined : paths.find((path) => existsSync(path))
  if (there !== undefined) {
    throw new TenantryError(CLI_ERRORS.alreadyThere, `writing files: ${there} is there already`)
  }
  mkdirSync(directory, { recursive: true })
  for (const [index, { text }] of files.entries()) writeFileSync(paths[index]!, text)
  return paths
}
