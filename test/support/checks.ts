const results: boolean[] = [];

/** Records and prints one check, with what was observed. A failure does not end the run. */
export function check(name: string, passed: boolean, observed?: string): void {
  results.push(passed);
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}${observed === undefined ? '' : `: ${observed}`}`);
}

/** Runs a step that fails if it throws; the error is passed on, to end the steps that depend on it. */
export async function step(name: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    check(name, false, error instanceof Error ? error.stack : String(error));
    throw error;
  }
  check(name, true);
}

export function hasFailed(): boolean {
  return results.includes(false);
}

/** Prints the totals. @returns whether all checks passed. */
export function summarize(): boolean {
  const passed = results.filter(Boolean).length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  return results.length > 0 && passed === results.length;
}
