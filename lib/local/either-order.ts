import path from 'node:path';
import { loadConfig } from '../config/load';
import { LocalFailure } from './failure';
import { Layout } from './layout';
import { parseOptions } from './options';
import { LocalPlatform } from './platform';
import { findPython } from './preflight';
import { Progress } from './progress';
import { Supervisor } from './supervisor';

/** What the check is made with. */
export interface EitherOrderProps {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
}

/** Both orders of the planes, each a stage after the other; what links them is always last. */
const ORDERS: readonly (readonly string[])[] = [
  ['Account/**', 'DataPlane-*/**', 'ControlPlane/**', 'Links-*/**'],
  ['ControlPlane/**', 'Account/**', 'DataPlane-*/**', 'Links-*/**'],
];

/**
 * Deploys the planes in either order, each time to a fresh emulator: neither may need the other.
 *
 * @throws LocalFailure when a stage needs one that is not there yet
 */
export async function verifyEitherOrder({ root, environment, port }: EitherOrderProps): Promise<void> {
  const options = parseOptions(['--port', String(port)]);
  const layout = new Layout(root, options.state);
  const python = findPython(environment);
  if (!python) throw new LocalFailure('Python is missing', { kind: 'preflight' });
  const { account, region } = loadConfig(path.resolve(root, options.config));
  for (const order of ORDERS) {
    const progress = new Progress(() => undefined);
    const supervisor = new Supervisor(() => `deploying ${order.join(', ')}`);
    layout.prepare();
    try {
      const userEnvironment = environment;
      const about = { layout, options, supervisor, progress, account, region, python, userEnvironment };
      await new LocalPlatform(about).deployInOrder(order);
    } finally {
      await supervisor.stopAll();
    }
  }
}
