/**
 * A text that a checkpoint remembers: under which rules of the operator the series got the tenants
 * and meanings that they have.
 */
import { takenChunk, type TakenChunk } from './columns.ts'

export class Mark {
  #text = ''
  #changed = false

  get text(): string {
    return this.#text
  }

  set(text: string): void {
    if (text === this.#text) return
    this.#text = text
    this.#changed = true
  }

  takeChanged(): TakenChunk[] {
    if (!this.#changed) return []
    this.#changed = false
    return [takenChunk(0, Buffer.from(this.#text))]
  }

  markChunk(): void {
    this.#changed = true
  }

  restoreChunk(_index: number, bytes: Uint8Array): void {
    this.#text = Buffer.from(bytes).toString('utf8')
  }
}
