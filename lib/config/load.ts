import { readYaml } from './read-yaml';
import { type PlatformConfig, platformSchema } from './schema';

/**
 * Reads and checks the platform configuration at `file`.
 *
 * @throws ConfigError that lists every problem
 */
export function loadConfig(file: string): PlatformConfig {
  return readYaml(file, platformSchema);
}
