import { readFileSync } from 'node:fs';
import type { App, Stack } from 'aws-cdk-lib';
import { platformApp } from '../../lib/app';

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A synthesised stack. */
export interface AssembledStack {
  /** Path of the stack, for example `DataPlane-main/Cluster`. */
  readonly path: string;
  readonly stackName: string;
  readonly template: {
    readonly Resources: Readonly<Record<string, TemplateResource>>;
    readonly Outputs?: Readonly<Record<string, unknown>>;
    readonly Parameters?: Readonly<Record<string, unknown>>;
  };
}

/** The whole platform: construct tree and templates. */
export interface AssembledPlatform {
  readonly app: App;
  readonly stacks: readonly AssembledStack[];
}

/** Configurations that whole-platform tests run over. */
export type PlatformVariant = 'crawl' | 'full' | 'local';

const FILES: Readonly<Record<PlatformVariant, Readonly<Record<string, string>>>> = {
  crawl: { config: 'config/crawl.yaml' },
  full: { config: 'test/fixtures/full.yaml', releases: 'test/fixtures/releases' },
  local: { config: 'config/local.yaml' },
};

const assembled = new Map<PlatformVariant, AssembledPlatform>();

/** A fresh, not yet synthesised app of `variant`; template rules off. */
export function platform(variant: PlatformVariant): App {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  return platformApp({
    analyticsReporting: false,
    context: {
      ...context,
      '@aws-cdk/core:validateAgainstDefaultRules': false,
      images: 'test/fixtures/images.lock.yaml',
      ...FILES[variant],
    },
  });
}

/** Synthesises `variant` once for all tests of a file. */
export function assembledPlatform(variant: PlatformVariant): AssembledPlatform {
  const known = assembled.get(variant);
  if (known) return known;
  const app = platform(variant);
  const stacks = app.node
    .findAll()
    .filter((node): node is Stack => 'stackName' in node && 'templateFile' in node)
    .map((stack) => stack.node.path);
  const assembly = app.synth();
  const found = [assembly, ...assembly.nestedAssemblies.map((nested) => nested.nestedAssembly)].flatMap((one) =>
    one.stacks.map(
      (stack): AssembledStack => ({
        path: stack.hierarchicalId,
        stackName: stack.stackName,
        template: stack.template as AssembledStack['template'],
      }),
    ),
  );
  if (found.length !== stacks.length) throw new Error(`${found.length} templates for ${stacks.length} stacks`);
  const result = { app, stacks: found };
  assembled.set(variant, result);
  return result;
}
