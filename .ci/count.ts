import { readFileSync } from 'node:fs';

/** Closes CI's output with the number of checks that ran: those of Vitest, and those that the files named here tell of. */
const vitest = JSON.parse(readFileSync('dist/test-results.json', 'utf8'));
let [passed, failed] = [vitest.numPassedTests, vitest.numFailedTests];

for (const file of process.argv.slice(2)) {
  const summary = readFileSync(file, 'utf8').match(/(\d+) passed, (\d+) failed/);
  if (!summary) throw new Error(`${file} does not say what passed`);
  passed += Number(summary[1]);
  failed += Number(summary[2]);
}

console.log(`${passed} passed, ${failed} failed`);
