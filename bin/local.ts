import path from 'node:path';
import { runLocal } from '../lib/local/run';

// The AWS SDK warns of a Node.js that package.json allows.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const given = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);

void runLocal({
  args: process.argv.slice(2),
  environment: Object.fromEntries(given),
  root: path.resolve(__dirname, '..'),
  out: (text) => console.log(text),
  error: (text) => console.error(text),
  onInterrupt: (stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  },
}).then((code) => process.exit(code));
