const STEP = 30_000;

/** Steps that build on each other: after one has failed, the others are not taken. */
export class Steps {
  private passed = 0;
  private failed = 0;

  async take(name: string, step: () => Promise<void>): Promise<void> {
    if (this.failed > 0) return;
    try {
      await inTime(step(), STEP);
      this.passed++;
      console.log(`✓ ${name}`);
    } catch (error) {
      this.failed++;
      console.error(`✗ ${name}\n`, error);
    }
  }

  /** Prints the count, and says whether all went well; an error outside the steps counts as one that failed. */
  close(error?: unknown): boolean {
    if (error) this.failed++;
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0;
  }
}

async function inTime<T>(work: Promise<T>, limit: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done in ${limit / 1000} s`)), limit);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
