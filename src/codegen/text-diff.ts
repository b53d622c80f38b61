/** How files differ from what they were: by line, as `diff -u` tells it. Pure. */
import { structuredPatch } from 'diff'
import type { Artefact } from './artefact.ts'

export interface DiffHunk {
  /** Lines from 1. */
  readonly fromLine: number
  readonly toLine: number
  /** Each begins with `+`, `-` or a space. */
  readonly lines: readonly string[]
}

export interface FileDiff {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly addedLines: number
  readonly removedLines: number
  /** Null where so much differs that a comparison by line says nothing. */
  readonly hunks: readonly DiffHunk[] | null
}

const CONTEXT_LINES = 3
/** Lines that differ, up to which they are matched: the cost grows with the square of it. */
const MOST_EDITS = 2_000

/** Compares files by path. Shape: those that differ, sorted. */
export function filesDiff(before: readonly Artefact[], after: readonly Artefact[]): FileDiff[] {
  const was = new Map(before.map(({ path, text }) => [path, text]))
  const is = new Map(after.map(({ path, text }) => [path, text]))
  return [...new Set([...was.keys(), ...is.keys()])]
    .toSorted()
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => fileDiff(path, was.get(path), is.get(path)))
}

function fileDiff(path: string, was: string | undefined, is: string | undefined): FileDiff {
  const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
  const patch = structuredPatch(path, path, was ?? '', is ?? '', undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MOST_EDITS,
  })
  if (patch === undefined) {
    const [addedLines, removedLines] = [linesOf(is), linesOf(was)]
    return { path, change, addedLines, removedLines, hunks: null }
  }
  const hunks = patch.hunks.map(({ oldStart, newStart, lines }) => ({
    fromLine: oldStart,
    toLine: newStart,
    lines,
  }))
  const count = (mark: string): number =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line[0] === mark).length, 0)
  return { path, change, addedLines: count('+'), removedLines: count('-'), hunks }
}

/** Worked: 'a\nb\n' -> 2. */
function linesOf(text = ''): number {
  return text.split('\n').length - 1
}
