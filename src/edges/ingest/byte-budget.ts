/**
 * Counts the bytes of bodies that are being read or uncompressed, and says when there are too many.
 */
export interface ByteBudget {
  /** Opens the share of one request. */
  open(): ByteShare
  usedBytes(): number
}

export interface ByteShare {
  /**
   * Makes the share at least so large. False, and nothing changes, when the budget has no room for
   * it.
   */
  grow(toBytes: number): boolean
  /** Gives the share back. Further calls do nothing. */
  release(): void
}

export function openByteBudget(capBytes: number): ByteBudget {
  let usedBytes = 0
  return {
    usedBytes: () => usedBytes,
    open() {
      let shareBytes = 0
      return {
        grow(toBytes) {
          const moreBytes = toBytes - shareBytes
          if (moreBytes <= 0) return true
          if (usedBytes + moreBytes > capBytes) return false
          usedBytes += moreBytes
          shareBytes = toBytes
          return true
        },
        release() {
          usedBytes -= shareBytes
          shareBytes = 0
        },
      }
    },
  }
}
