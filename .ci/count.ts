import { readFileSync } from 'node:fs';

/** Closes CI's output with the number of tests that ran. */
const results = JSON.parse(readFileSync('dist/test-results.json', 'utf8'));
console.log(`${results.numPassedTests} passed, ${results.numFailedTests} failed`);
