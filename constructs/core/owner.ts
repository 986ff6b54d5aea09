/** Who answers for a resource, and what they do when it misbehaves. */
export interface Owner {
  /** Team or person, shown in alarms, for example `ml-platform`. */
  readonly team: string;
  /** Address that the owner is reached at, for example `ml-platform@example.com`. */
  readonly contact: string;
  /** Page with the steps to take; the alarm's own name is appended as `#<anchor>`. An https address or a path in the repository. */
  readonly runbook: string;
}
