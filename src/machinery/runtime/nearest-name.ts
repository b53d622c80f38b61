/** Finds the known name that a misspelt one was most likely meant to be: the one with the fewest
 *  single-letter edits (Levenshtein), the first of equals. Returns undefined where even that
 *  differs in more than a third of its letters. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Infinity
  for (const candidate of known) {
    const edits = editsBetween(name, candidate)
    if (edits < fewest && edits <= candidate.length / 3) {
      nearest = candidate
      fewest = edits
    }
  }
  return nearest
}

function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let line = 0; line < left.length; line += 1) {
    const next = [line + 1]
    for (let column = 0; column < right.length; column += 1) {
      const replaced = (row[column] ?? 0) + (left[line] === right[column] ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
