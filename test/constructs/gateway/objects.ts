import type { ChartRelease } from '../../../constructs';

/** A rendered Kubernetes object. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: ReturnType<JSON['parse']>;
}

/** The objects of a release of one kind. */
export function objects(release: ChartRelease, kind: string): Rendered[] {
  return (release.manifests as Rendered[]).filter((object) => object.kind === kind);
}

/** The only object of a release of one kind. */
export function only(release: ChartRelease, kind: string): Rendered {
  const found = objects(release, kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}
