// Adds up the reports that the runners left in a folder: vitest's JSON (`numPassedTests`), JUnit XML counts that
// test:python turned into JSON, and `{ passed, failed }` of our own checks. The last line is the sum.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2] ?? 'reports';
let passed = 0;
let failed = 0;
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .toSorted()) {
  const report = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  const good = report.numPassedTests ?? report.passed;
  const bad = report.numFailedTests === undefined ? report.failed : report.numFailedTests + failedSuites(report);
  if (!Number.isInteger(good) || !Number.isInteger(bad)) throw new Error(`${file} counts nothing`);
  console.log(`${file}: ${good} passed, ${bad} failed`);
  passed += good;
  failed += bad;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** A test file that could not even be loaded has no failed test of its own. */
function failedSuites(report) {
  return (report.testResults ?? []).filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
    .length;
}
