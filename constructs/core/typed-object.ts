import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

/** A typed custom resource that can check itself, as `@kubernetes-models/*` generate them. */
export interface TypedModel {
  /** Throws unless the object fits its JSON schema. */
  validate(): void;
  /** The plain manifest. */
  toJSON(): unknown;
}

/**
 * Adds a typed custom resource to a cdk8s chart after checking it against its schema.
 *
 * @throws Error of the model's schema check, with the path of the property that does not fit
 */
export function typedObject(scope: Construct, id: string, model: TypedModel): ApiObject {
  model.validate();
  return new ApiObject(scope, id, model.toJSON() as ApiObjectProps);
}

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
