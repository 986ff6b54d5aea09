import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { platformApp } from '../app';
import { loadConfig } from '../config/load';
import { htmlReport } from './html';
import type { ReportOptions } from './options';
import { type PlatformReport, platformReport } from './platform-report';
import { relaxations } from './relaxations';

/**
 * Synthesises the platform that the options name and reads the report off it; nothing is deployed and no file is left but the
 * page that was asked for.
 *
 * @throws ConfigError, PlatformError when a file is refused
 */
export function runReport({ config: file, images, releases, html }: ReportOptions): PlatformReport {
  const config = loadConfig(file);
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(path.join(tmpdir(), 'groundplane-report-'));
  try {
    const app = platformApp({
      outdir,
      analyticsReporting: false,
      context: { ...context, '@aws-cdk/core:validateAgainstDefaultRules': false, config: file, images, releases },
    });
    const report = platformReport(app, config.name, relaxations(config));
    if (html) writeFileSync(html, htmlReport(report));
    return report;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
