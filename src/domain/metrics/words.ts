/**
 * Numbers words densely from 0, in the order in which they first came; the number of a word that
 * was forgotten goes to a later one. What changed is known, so that only that is written.
 */
export class Words {
  readonly #numbers = new Map<string, number>()
  readonly #list: string[] = []
  /** Numbers of forgotten words, which stand in the list as empty ones. */
  readonly #free: number[] = []
  /** Numbers below `#written` whose words changed. */
  readonly #changed = new Set<number>()
  #written = 0

  get size(): number {
    return this.#list.length
  }

  /** Tells the number of a word and gives it one when it is new. */
  number(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    const number = this.#free.pop() ?? this.#list.length
    this.#numbers.set(word, number)
    this.#list[number] = word
    if (number < this.#written) this.#changed.add(number)
    return number
  }

  /** Forgets a word: nobody refers to its number any more. */
  forget(number: number): void {
    this.#numbers.delete(this.#list[number]!)
    this.#list[number] = ''
    this.#free.push(number)
    if (number < this.#written) this.#changed.add(number)
  }

  /** Tells the number of a word, or undefined when it never came. */
  find(word: string): number | undefined {
    return this.#numbers.get(word)
  }

  word(number: number): string {
    return this.#list[number]!
  }

  /**
   * Takes the words that came since the last call, with their numbers; empty for a forgotten one.
   */
  takeNew(): { number: number; word: string }[] {
    const from = this.#written
    const changed = [...this.#changed].map((number) => ({ number, word: this.#list[number]! }))
    this.#changed.clear()
    this.#written = this.#list.length
    const added = this.#list.slice(from).map((word, index) => ({ number: from + index, word }))
    return [...changed, ...added]
  }

  /** Says that the words from this number on did not reach the disk. */
  markNew(fromNumber: number): void {
    this.#written = Math.min(this.#written, fromNumber)
  }

  /** Puts back a word that `takeNew` gave to an earlier process. Words come in order. */
  restore(word: string): void {
    if (word === '') this.#free.push(this.#list.push(word) - 1)
    else if (!this.#numbers.has(word)) this.#numbers.set(word, this.#list.push(word) - 1)
    this.#written = this.#list.length
  }
}
