import { PlatformError } from '../constructs';
import { ConfigError } from '../lib/config/problem';
import { REPORT_HELP, type ReportOptions, reportOptions } from '../lib/report/options';
import { runReport } from '../lib/report/run';
import { textReport } from '../lib/report/text';

function options(): ReportOptions {
  try {
    return reportOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${REPORT_HELP}`);
    return process.exit(2);
  }
}

const asked = options();
if (asked.help) {
  console.log(REPORT_HELP);
  process.exit(0);
}
try {
  console.error(`synthesising ${asked.config} (a few seconds) ...`);
  const report = runReport(asked);
  console.log(asked.json ? JSON.stringify(report, undefined, 2) : textReport(report));
  if (asked.html) console.error(`wrote ${asked.html}`);
  process.exit(report.totals.unexplained > 0 ? 3 : 0);
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof PlatformError)) throw error;
  console.error(error.message);
  process.exit(1);
}
