/**
 * What a remote-write 2.0 request brought beside plain samples, counted while it is walked: its
 * answer has to tell samples, histograms and exemplars apart.
 */
export class NativeTally {
  /** Native histograms received. */
  histograms = 0
  /** Of them: too coarse for buckets, so that only count and sum are counted. */
  coarse = 0
  exemplars = 0
  metadata = 0
  /** Exemplars, and series without a sample, that cannot be read. */
  faults = 0

  clear(): void {
    this.histograms = 0
    this.coarse = 0
    this.exemplars = 0
    this.metadata = 0
    this.faults = 0
  }
}
