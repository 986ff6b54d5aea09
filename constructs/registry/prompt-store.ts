import type { Construct } from 'constructs';
import { ImmutableStore, type ImmutableStoreProps } from './immutable-store';
import { PROMPT_PREFIX } from './object-keys';

/** Properties for `PromptStore`. */
export type PromptStoreProps = ImmutableStoreProps;

/**
 * Prompts by name and version, `prompts/<name>/<version>/prompt.json`, each written once.
 *
 * Costs storage and requests.
 */
export class PromptStore extends ImmutableStore {
  constructor(scope: Construct, id: string, props: PromptStoreProps) {
    super(scope, id, props, { prefix: PROMPT_PREFIX });
  }
}
