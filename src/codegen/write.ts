/** The only file of this folder that touches the disk: artefacts against what is there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { GENERATED, type Artefact } from './artefact.ts'

/** How a folder differs from what would be written. Shape: paths below it, sorted. */
export interface Drift {
  readonly missing: readonly string[]
  readonly changed: readonly string[]
  /** Made here once, by what they say on top, and no more. */
  readonly extra: readonly string[]
}

/** Compares a folder with artefacts. Files that were not made here are never looked at. */
export function driftOf(directory: string, artefacts: readonly Artefact[]): Drift {
  const there = (path: string): string | null => {
    const full = join(directory, path)
    return existsSync(full) ? readFileSync(full, 'utf8') : null
  }
  const texts = artefacts.map(({ path, text }) => ({ path, text, before: there(path) }))
  const pathsOf = (some: typeof texts): string[] => some.map(({ path }) => path)
  const made = new Set(artefacts.map(({ path }) => path))
  const folders = new Set(artefacts.map(({ path }) => posix.dirname(path)))
  const beside = [...folders].flatMap((folder) => filesIn(directory, folder))
  return {
    missing: pathsOf(texts.filter(({ before }) => before === null)),
    changed: pathsOf(texts.filter(({ text, before }) => before !== null && before !== text)),
    extra: beside.filter((path) => !made.has(path) && there(path)?.includes(GENERATED)).toSorted(),
  }
}

export function isDrift({ missing, changed, extra }: Drift): boolean {
  return missing.length + changed.length + extra.length > 0
}

/** Writes what differs, and deletes what is made no more. Returns what it did. */
export function writeArtefacts(directory: string, artefacts: readonly Artefact[]): Drift {
  const drift = driftOf(directory, artefacts)
  const written = new Set([...drift.missing, ...drift.changed])
  for (const { path, text } of artefacts) {
    if (!written.has(path)) continue
    const full = join(directory, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, text)
  }
  for (const path of drift.extra) rmSync(join(directory, path))
  return drift
}

function filesIn(directory: string, folder: string): string[] {
  const full = join(directory, folder)
  if (!existsSync(full)) return []
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => posix.join(folder, name))
}
