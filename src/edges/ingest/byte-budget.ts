/**
 * Counts the bytes of bodies that are being read or wait to be handled, of all writers together and
 * of each owner, and says when there are too many.
 */
export interface ByteBudget {
  /** Opens the share of one request. */
  open(owner: string): ByteShare
  usedBytes(): number
}

/** What has no room: all writers together, or this one owner. */
export type Shortage = 'everybody' | 'owner'

export interface ByteShare {
  /** Makes the share at least so large. Nothing changes where that is too much. */
  grow(toBytes: number): Shortage | undefined
  /** Gives the share back. Further calls do nothing. */
  release(): void
}

export interface ByteCaps {
  readonly totalBytes: number
  readonly ownerBytes: number
}

export function openByteBudget({ totalBytes, ownerBytes }: ByteCaps): ByteBudget {
  let usedBytes = 0
  const usedByOwner = new Map<string, number>()
  const use = (owner: string, bytes: number): void => {
    const used = (usedByOwner.get(owner) ?? 0) + bytes
    usedBytes += bytes
    if (used === 0) usedByOwner.delete(owner)
    else usedByOwner.set(owner, used)
  }
  return {
    usedBytes: () => usedBytes,
    open(owner) {
      let shareBytes = 0
      return {
        grow(toBytes) {
          const moreBytes = toBytes - shareBytes
          if (moreBytes <= 0) return undefined
          if ((usedByOwner.get(owner) ?? 0) + moreBytes > ownerBytes) return 'owner'
          if (usedBytes + moreBytes > totalBytes) return 'everybody'
          use(owner, moreBytes)
          shareBytes = toBytes
          return undefined
        },
        release() {
          use(owner, -shareBytes)
          shareBytes = 0
        },
      }
    },
  }
}
