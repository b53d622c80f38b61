/** The targets there are: the files of `targets/`, by name. */
import { globSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { FuzzTargetFile } from './target.ts'

export const TARGET_NAMES: readonly string[] = globSync('*.ts', {
  cwd: resolve(import.meta.dirname, 'targets'),
})
  .map((file) => basename(file, '.ts'))
  .toSorted()

export async function loadTarget(name: string): Promise<FuzzTargetFile> {
  return (await import(`./targets/${name}.ts`)) as FuzzTargetFile
}
