import { parseArgs } from 'node:util';

/** Help of `npm run report`. */
export const REPORT_HELP = `npm run report -- [flags]

What would be deployed: resources, every wildcard permission with its reason, relaxations, estimated cost at rest, what stays.

  --config <file>    configuration (default config/crawl.yaml)
  --images <file>    image lock (default config/images.lock.yaml)
  --releases <dir>   release locks (default config/releases)
  --json             print JSON instead of text
  --html <file>      also write one page that opens offline
  --help             this text

Exit codes: 0 done, 1 a configuration or lock file was refused, 2 wrong flags, 3 a wildcard permission has no reason.
`;

/** What the command was asked for. */
export interface ReportOptions {
  readonly config: string;
  readonly images: string;
  readonly releases: string;
  readonly json: boolean;
  readonly html: string | undefined;
  readonly help: boolean;
}

/** Reads the flags. @throws TypeError that names the flag which is wrong */
export function reportOptions(args: readonly string[]): ReportOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', default: 'config/crawl.yaml' },
      images: { type: 'string', default: 'config/images.lock.yaml' },
      releases: { type: 'string', default: 'config/releases' },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return { ...values, html: values.html };
}
