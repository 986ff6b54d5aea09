import { PlatformError } from '../constructs';
import { platformApp } from '../lib/app';
import { ConfigError } from '../lib/config/problem';

try {
  platformApp().synth();
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof PlatformError)) throw error;
  console.error(error.message);
  process.exit(1);
}
