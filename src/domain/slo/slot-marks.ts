/** A number for some slots of a page: most pages have none, and then it takes no memory. */
import { PAGE_SLOTS } from './count-columns.ts'

export class SlotMarks {
  #marks: Int32Array<ArrayBuffer> | null = null

  /** Tells a slot's mark; -1 where it has none. */
  of(slot: number): number {
    return this.#marks?.[slot] ?? -1
  }

  /** Takes anything below zero for no mark, and leaves what was there. */
  put(slot: number, mark: number): void {
    if (mark < 0) return
    this.#marks ??= new Int32Array(PAGE_SLOTS).fill(-1)
    this.#marks[slot] = mark
  }

  /** Puts a mark where none is or a lower one. */
  raise(slot: number, mark: number): void {
    if (mark > this.of(slot)) this.put(slot, mark)
  }

  /** Lists the marks of the first `used` slots. Shape: empty where no slot has one. */
  list(used: number): Int32Array<ArrayBuffer> {
    return this.#marks?.subarray(0, used) ?? NO_MARKS
  }
}

const NO_MARKS = new Int32Array(0)
