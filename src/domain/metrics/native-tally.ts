/**
 * What a request brought beside plain samples, counted while it is walked: the answer to remote
 * write 2.0 has to tell samples, histograms and exemplars apart.
 */
export class NativeTally {
  /** Native histograms received. */
  histograms = 0
  /** Of them and of exponential ones: too coarse for some bounds or for all. */
  coarse = 0
  exemplars = 0
  metadata = 0
  /** Least and greatest values of OTLP histograms. */
  extremes = 0
  /** Of OTLP summaries. */
  quantiles = 0
  /** Exemplars, and series without a sample, that cannot be read. */
  faults = 0

  clear(): void {
    this.histograms = 0
    this.coarse = 0
    this.exemplars = 0
    this.metadata = 0
    this.extremes = 0
    this.quantiles = 0
    this.faults = 0
  }
}
