import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Token } from 'aws-cdk-lib';
import { HelmChart, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { PlatformError, type Problem } from './errors';
import { dnsLabel, requireNone, unique, when } from './validate';

/** Properties for `ChartRelease`. */
export interface ChartReleaseProps {
  /** Cluster that receives the objects. It must have a kubectl provider, whose role must be known. */
  readonly cluster: ICluster;

  /** Objects to keep in the cluster. CDK tokens may stand in strings and numbers, not in keys. */
  readonly chart: Chart;

  /** Helm release name: 2 to 53 lower-case letters, digits or hyphens, unique in `namespace`. */
  readonly releaseName: string;

  /** Namespace that holds the release record. It must exist, unless the chart itself is the one that defines it. */
  readonly namespace: string;

  /**
   * Whether Helm creates `namespace` first.
   *
   * @default false
   */
  readonly createNamespace?: boolean;
}

/**
 * One cdk8s chart as one Helm release, defined in the stack of this construct and not in the cluster's.
 *
 * An object that leaves the chart leaves the cluster, and a failed first create can be repeated. Helm neither waits for the
 * objects nor rolls back by itself: a slow rollout would otherwise leave a lock that blocks the next deployment. Costs
 * nothing at rest.
 *
 * A release may hold about 1 MB; definitions of custom resources usually do not fit, and stay outside.
 */
export class ChartRelease extends Construct {
  /** The rendered objects, with CDK tokens unresolved. */
  public readonly manifests: readonly unknown[];

  /** The Helm release. */
  public readonly resource: HelmChart;

  /** @throws PlatformError `InvalidName`, `NoKubectlProvider`, `DuplicateValue`, `ReleaseTooLarge`, `TokenInManifest` */
  constructor(scope: Construct, id: string, props: ChartReleaseProps) {
    super(scope, id);
    const { cluster, chart, releaseName, namespace, createNamespace = false } = props;
    requireNone(
      this,
      dnsLabel('releaseName', releaseName, 53),
      dnsLabel('namespace', namespace, 63),
      when(
        !cluster.kubectlProvider?.role,
        'NoKubectlProvider',
        "'cluster' must have a kubectl provider with its role; import it with 'kubectlProvider' (serviceToken and role)",
      ),
    );

    this.manifests = chart.toJson();
    const { templates, values } = this.asTemplates(this.manifests);
    requireNone(this, unique('chart', this.manifests.map(identity)), releaseSize(templates));
    this.resource = new HelmChart(this, 'Resource', {
      cluster,
      chartAsset: this.createChartAsset(releaseName, templates),
      release: releaseName,
      namespace,
      createNamespace,
      values,
      atomic: false,
      wait: false,
    });
  }

  /** Replaces each CDK token by a Helm value, in order of appearance, so that the chart asset stays the same on every synth. */
  private asTemplates(manifests: readonly unknown[]): { templates: string[]; values: Record<string, unknown> } {
    const values: Record<string, unknown> = {};
    const names = new Map<string, string>();
    const slot = (key: string, value: unknown): unknown => {
      if (Token.isUnresolved(key) || (Array.isArray(value) && Token.isUnresolved(value))) {
        const text = `a CDK token cannot be an object key or a whole list of a manifest, got one at '${key}'; pass single strings`;
        throw new PlatformError([{ code: 'TokenInManifest', text }], this);
      }
      if ((typeof value !== 'string' && typeof value !== 'number') || !Token.isUnresolved(value)) return value;
      const name = names.get(String(value)) ?? `t${names.size}`;
      names.set(String(value), name);
      values[name] = value;
      return `\u0000${name}\u0000`;
    };
    const templates = manifests.map((manifest) =>
      JSON.stringify(manifest, slot, 1)
        .replaceAll('{{', '{{"{{"}}')
        .replace(/"\\u0000(t\d+)\\u0000"/g, '{{ .Values.$1 | toJson }}'),
    );
    return { templates, values };
  }

  private createChartAsset(releaseName: string, templates: readonly string[]): Asset {
    const folder = mkdtempSync(path.join(tmpdir(), 'chart-release-'));
    try {
      mkdirSync(path.join(folder, 'templates'));
      writeFileSync(path.join(folder, 'Chart.yaml'), `apiVersion: v2\nname: ${releaseName}\nversion: 1.0.0\n`);
      templates.forEach((text, index) => {
        writeFileSync(path.join(folder, 'templates', `${String(index).padStart(3, '0')}.yaml`), `${text}\n`);
      });
      return new Asset(this, 'Chart', { path: folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Largest record of a release: a Kubernetes Secret. @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size */
const RELEASE_BYTES = 1_048_576;

/** Size of templates below which no record can be too large, whatever they compress to. */
const SMALL_BYTES = 256 * 1024;

/** What makes an object one of a kind in the cluster. */
function identity(manifest: unknown): string {
  const { kind, metadata } = manifest as { kind: string; metadata?: { namespace?: string; name?: string } };
  return `${kind} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

/** Helm keeps the templates and what they render to, compressed, in one Secret. */
function releaseSize(templates: readonly string[]): Problem[] {
  const text = templates.join('\n');
  if (text.length < SMALL_BYTES) return [];
  const record = JSON.stringify({ templates: Buffer.from(text).toString('base64'), manifest: text });
  const bytes = Math.ceil((gzipSync(record).length * 4) / 3);
  return when(
    bytes > RELEASE_BYTES,
    'ReleaseTooLarge',
    `'chart' must fit a Helm release of ${RELEASE_BYTES} bytes, got about ${bytes}; split it into several charts`,
  );
}
