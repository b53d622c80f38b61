/** What the address of the engines says. Pure. */
import { text } from '../search-values.ts'

export interface EngineSearch {
  readonly engine?: string
  /** The tenant whose changes are shown line by line. */
  readonly owner?: string
}

export function readEngineSearch(search: Readonly<Record<string, unknown>>): EngineSearch {
  const [engine, owner] = [text(search['engine']), text(search['owner'])]
  return {
    ...(engine === '' ? {} : { engine }),
    ...(owner === '' ? {} : { owner }),
  }
}
