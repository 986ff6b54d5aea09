import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * Adds a custom resource to a cdk8s chart, with the shape that its type describes.
 *
 * The packages `@kubernetes-models/*` can be imported as types only (`import type`): they cannot be loaded by a CommonJS
 * package. Tests check the rendered objects against their schemas.
 */
export function customResource<T extends { readonly apiVersion: string; readonly kind: string }>(
  scope: Construct,
  id: string,
  object: T,
): ApiObject {
  return new ApiObject(scope, id, object);
}
