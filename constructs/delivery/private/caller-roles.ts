import { Lazy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Roles whose sessions a handler accepts; known when the template is written. */
export class CallerRoles {
  readonly #names = new Set<string>();

  /** @param what what nobody could do without a role, for the error at synth */
  constructor(scope: Construct, what: string) {
    scope.node.addValidation({
      validate: () => (this.#names.size > 0 ? [] : [`no role may ${what}; call the grant with at least one role`]),
    });
  }

  /** Accepts sessions of `role`. */
  public add(role: IRole): void {
    this.#names.add(role.roleName);
  }

  /** The names, separated by commas. */
  public asText(): string {
    return Lazy.string({ produce: () => [...this.#names].join(',') });
  }
}
