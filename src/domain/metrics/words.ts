/**
 * Numbers words densely from 0, in the order in which they first came. Append-only; what is new is
 * known, so that only that is written.
 */
export class Words {
  readonly #numbers = new Map<string, number>()
  readonly #list: string[] = []
  #written = 0

  get size(): number {
    return this.#list.length
  }

  /** Tells the number of a word and gives it one when it is new. */
  number(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    this.#numbers.set(word, this.#list.length)
    return this.#list.push(word) - 1
  }

  /** Tells the number of a word, or undefined when it never came. */
  find(word: string): number | undefined {
    return this.#numbers.get(word)
  }

  word(number: number): string {
    return this.#list[number]!
  }

  /** Takes the words that came since the last call, with their numbers. */
  takeNew(): { number: number; word: string }[] {
    const from = this.#written
    this.#written = this.#list.length
    return this.#list.slice(from).map((word, index) => ({ number: from + index, word }))
  }

  /** Says that the words from this number on did not reach the disk. */
  markNew(fromNumber: number): void {
    this.#written = Math.min(this.#written, fromNumber)
  }

  /** Puts back a word that `takeNew` gave to an earlier process. Words come in order. */
  restore(word: string): void {
    this.number(word)
    this.#written = this.#list.length
  }
}
