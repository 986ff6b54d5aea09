import { App, type AppProps } from 'aws-cdk-lib';
import { loadConfig } from './config/load';
import { loadImageLock, loadReleaseLock } from './config/locks';
import { definePlatform } from './platform';
import { checkHouseRules } from './policy/house-rules';

/** Context keys of the app, all of them paths relative to the working directory. */
interface PlatformContext {
  /** Platform configuration; `config/crawl.yaml` by default. */
  readonly config: string;
  /** Image lock; `config/images.lock.yaml` by default. */
  readonly images: string;
  /** Folder of the release locks; `config/releases` by default. */
  readonly releases: string;
}

/**
 * Builds the CDK app from the files that its context names.
 *
 * @throws ConfigError that lists every problem of a file
 */
export function platformApp(props: AppProps = {}): App {
  const app = new App(props);
  const context: PlatformContext = {
    config: app.node.tryGetContext('config') ?? 'config/crawl.yaml',
    images: app.node.tryGetContext('images') ?? 'config/images.lock.yaml',
    releases: app.node.tryGetContext('releases') ?? 'config/releases',
  };
  const config = loadConfig(context.config);
  const images = loadImageLock(context.images);
  const releases = Object.fromEntries(
    config.cells.map((cell) => [cell.name, loadReleaseLock(context.releases, cell.name)]),
  );
  definePlatform(app, { config, images, releases });
  checkHouseRules(app);
  return app;
}
