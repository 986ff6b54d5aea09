import type { Problem } from '../core/errors';
import { when } from '../core/validate';

/** What the rules below look at in a Kubernetes object. */
interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: Record<string, unknown>;
}

interface BackendRef {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly weight?: number;
}

interface Rule {
  readonly backendRefs?: readonly BackendRef[];
  readonly filters?: readonly { readonly requestMirror?: { readonly backendRef: BackendRef } }[];
}

const POLICIES: ReadonlySet<string> = new Set(['SecurityPolicy', 'BackendTrafficPolicy', 'ClientTrafficPolicy']);
const RETRY_TRIGGERS = ['connect-failure', 'reset', 'refused-stream', 'retriable-status-codes'];
const RETRY_STATUSES = [502, 503, 504];

/**
 * What is wrong with the routes and policies among `manifests`, that neither the API server nor Envoy Gateway would say.
 *
 * Weights that do not sum to 100, backends and policy targets that do not exist, a Service beside a fallback, retries that
 * miss a failure, a request timeout beside a longer try. Objects outside the list are known by `services`, as
 * `<namespace>/<name>`.
 */
export function routingProblems(manifests: readonly unknown[], services: ReadonlySet<string>): Problem[] {
  const objects = manifests as readonly Manifest[];
  const known = new Set(objects.map((object) => `${object.kind} ${key(object)}`));
  return objects.flatMap((object) => {
    const { kind = '' } = object;
    if (kind === 'HTTPRoute') return routeProblems(object, objects, known, services);
    if (!POLICIES.has(kind)) return [];
    return targetProblems(object, known).concat(kind === 'BackendTrafficPolicy' ? trafficProblems(object) : []);
  });
}

function key({ metadata }: Manifest): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}

function routeProblems(
  route: Manifest,
  objects: readonly Manifest[],
  known: ReadonlySet<string>,
  services: ReadonlySet<string>,
): Problem[] {
  const rules = (route.spec?.['rules'] ?? []) as readonly Rule[];
  return rules.flatMap(({ backendRefs = [], filters = [] }) => {
    const mirrors = filters.flatMap(({ requestMirror }) => (requestMirror ? [requestMirror.backendRef] : []));
    return weightProblems(route, backendRefs, objects).concat(
      fallbackProblems(route, backendRefs, objects),
      backendRefs.concat(mirrors).flatMap((ref) => backendProblems(route, ref, known, services)),
    );
  });
}

function weightProblems(route: Manifest, refs: readonly BackendRef[], objects: readonly Manifest[]): Problem[] {
  if (refs.some((ref) => isFallback(route, ref, objects))) return [];
  const sum = refs.reduce((total, { weight }) => total + (weight ?? 100), 0);
  return when(
    sum !== 100,
    'WeightsNotOneHundred',
    `'weight' of the backends of route ${key(route)} must sum to 100 percent, got ${sum}`,
  );
}

function fallbackProblems(route: Manifest, refs: readonly BackendRef[], objects: readonly Manifest[]): Problem[] {
  const withFallback = refs.some((ref) => isFallback(route, ref, objects));
  return when(
    withFallback && refs.some((ref) => ref.kind !== 'Backend'),
    'ServiceBesideFallback',
    `route ${key(route)} has a Service beside a fallback: half of the requests would go to the fallback while the Service is healthy; use a Backend on both sides`,
  );
}

function isFallback(route: Manifest, ref: BackendRef, objects: readonly Manifest[]): boolean {
  const found = objects.find((object) => object.kind === 'Backend' && key(object) === refKey(route, ref));
  return found?.spec?.['fallback'] === true;
}

function backendProblems(
  route: Manifest,
  ref: BackendRef,
  known: ReadonlySet<string>,
  services: ReadonlySet<string>,
): Problem[] {
  const at = refKey(route, ref);
  const exists = ref.kind === 'Backend' ? known.has(`Backend ${at}`) : services.has(at) || known.has(`Service ${at}`);
  return when(
    !exists,
    'UnknownBackend',
    `route ${key(route)} sends to ${ref.kind ?? 'Service'} ${at}, which nothing defines; pass a model that exists`,
  );
}

function refKey(route: Manifest, ref: BackendRef): string {
  return `${ref.namespace ?? route.metadata?.namespace ?? ''}/${ref.name}`;
}

function targetProblems(policy: Manifest, known: ReadonlySet<string>): Problem[] {
  const targets = (policy.spec?.['targetRefs'] ?? []) as readonly { kind: string; name: string }[];
  const namespace = policy.metadata?.namespace ?? '';
  const missing = targets.filter(({ kind, name }) => !known.has(`${kind} ${namespace}/${name}`));
  return [
    ...when(targets.length === 0, 'PolicyWithoutTarget', `${policy.kind} ${key(policy)} has no target`),
    ...missing.map(({ kind, name }) => ({
      code: 'UnknownPolicyTarget',
      text: `${policy.kind} ${key(policy)} is for ${kind} ${namespace}/${name}, which nothing defines; it would have no effect`,
    })),
  ];
}

interface TrafficSpec {
  readonly timeout?: { readonly http?: { readonly requestTimeout?: string } };
  readonly retry?: {
    readonly numRetries?: number;
    readonly retryOn?: { readonly triggers?: readonly string[]; readonly httpStatusCodes?: readonly number[] };
    readonly perRetry?: { readonly timeout?: string };
  };
}

function trafficProblems(policy: Manifest): Problem[] {
  const { retry, timeout } = (policy.spec ?? {}) as TrafficSpec;
  if (!retry) return [];
  const triggers = RETRY_TRIGGERS.filter((trigger) => !retry.retryOn?.triggers?.includes(trigger));
  const statuses = RETRY_STATUSES.filter((status) => !retry.retryOn?.httpStatusCodes?.includes(status));
  const request = millis(timeout?.http?.requestTimeout);
  const tries = millis(retry.perRetry?.timeout) * ((retry.numRetries ?? 0) + 1);
  return [
    ...when(
      triggers.length + statuses.length > 0,
      'RetryTriggersIncomplete',
      `'retryOn' of ${key(policy)} misses ${[...triggers, ...statuses].join(', ')}; a model that fails this way would not be tried again`,
    ),
    ...when(
      request > 0 && tries > request,
      'TimeoutsDoNotNest',
      `the tries of ${key(policy)} take ${tries} ms, longer than its request timeout of ${request} ms; shorten the try or allow fewer retries`,
    ),
  ];
}

/** Milliseconds of a Gateway API duration such as `1m30s`; 0 when absent. */
function millis(text: string | undefined): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...(text ?? '').matchAll(/(\d+)(ms|h|m|s)/g)];
  return parts.reduce((total, [, count, unit]) => total + Number(count) * units[unit ?? 'ms']!, 0);
}
