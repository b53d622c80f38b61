/** What the search finds. Pure. */
import type { IconName } from '../ui/icon-paths.ts'

export interface Command {
  readonly id: string
  readonly icon: IconName
  readonly label: string
  readonly note: string
  readonly run: () => void
}

const MOST_SHOWN = 50

/** Finds the commands whose label or note contains every word of the text; those that begin with
 *  it come first. Shape: at most 50, in the given order otherwise. */
export function findCommands<Found extends Pick<Command, 'label' | 'note'>>(
  commands: readonly Found[],
  text: string,
): Found[] {
  const needle = text.trim().toLowerCase()
  const words = needle.split(/\s+/)
  const first: Found[] = []
  const later: Found[] = []
  for (const command of commands) {
    const label = command.label.toLowerCase()
    const all = `${label} ${command.note.toLowerCase()}`
    if (!words.every((word) => all.includes(word))) continue
    if (label.startsWith(needle)) first.push(command)
    else later.push(command)
    if (first.length === MOST_SHOWN) break
  }
  return [...first, ...later].slice(0, MOST_SHOWN)
}
