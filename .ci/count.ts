import { readFileSync } from 'node:fs';

/** Prints how many checks passed and failed: those of Vitest, and those that the named files report. */
const vitest = JSON.parse(readFileSync('dist/test-results.json', 'utf8'));
const files: { status: string; assertionResults: unknown[] }[] = vitest.testResults;
const notRun = files.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
let [passed, failed] = [vitest.numPassedTests, vitest.numFailedTests + notRun.length];

for (const file of process.argv.slice(2)) {
  const summary = readFileSync(file, 'utf8').match(/(\d+) passed, (\d+) failed/);
  if (!summary) throw new Error(`${file} reports no checks`);
  passed += Number(summary[1]);
  failed += Number(summary[2]);
}

console.log(`${passed} passed, ${failed} failed`);
