/**
 * Numbers the keys of a table densely, and counts who refers to each: what nobody refers to any
 * more is removed, and its number goes to a later key.
 */
import type { ByteTable } from './byte-table.ts'

export class Numbered {
  readonly #table: ByteTable
  /** By number; -1 for one that is free. */
  readonly #addresses: number[] = []
  readonly #users: number[] = []
  readonly #free: number[] = []

  /** The values of the table's keys are the numbers. */
  constructor(table: ByteTable) {
    this.#table = table
  }

  add(context: number, bytes: Uint8Array): number {
    const number = this.#free.pop() ?? this.#addresses.length
    this.#addresses[number] = this.#table.add(context, bytes, 0, bytes.length, number)
    this.#users[number] = 0
    return number
  }

  addressOf(number: number): number {
    return this.#addresses[number]!
  }

  contextOf(number: number): number {
    return this.#table.at(this.addressOf(number)).context
  }

  /** Says that somebody refers to a number. */
  join(number: number): void {
    this.#users[number]! += 1
  }

  /** Says that somebody does no longer. True when it was the last one, and the key is removed. */
  leave(number: number): boolean {
    this.#users[number]! -= 1
    if (this.#users[number]! > 0) return false
    this.#table.remove(this.addressOf(number), {
      firstKeyOf: (value) => this.#addresses[value]!,
      moved: (value, address) => {
        this.#addresses[value] = address
      },
    })
    this.#addresses[number] = -1
    this.#free.push(number)
    return true
  }

  /** Finds all keys again, referred to by nobody yet. Returns the context of each. */
  restore(): number[] {
    const contexts: number[] = []
    for (const address of this.#table.addresses()) {
      const { value, context } = this.#table.at(address)
      this.#addresses[value] = address
      contexts.push(context)
    }
    for (let number = 0; number < this.#addresses.length; number += 1) {
      this.#users[number] = 0
      if (this.#addresses[number] !== undefined) continue
      this.#addresses[number] = -1
      this.#free.push(number)
    }
    return contexts
  }
}
