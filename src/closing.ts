/** What has to be closed again, closed in the opposite order of opening. */
export interface Closing {
  add(close: () => void | Promise<void>): void
  /**
   * Closes everything, the latest first. One that fails does not keep the others open; the first
   * failure is what it rejects with. What was closed is forgotten.
   */
  close(): Promise<void>
}

export function openClosing(): Closing {
  const open: (() => void | Promise<void>)[] = []
  return {
    add: (close) => void open.push(close),
    async close() {
      const failures: unknown[] = []
      for (let close = open.pop(); close !== undefined; close = open.pop()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
