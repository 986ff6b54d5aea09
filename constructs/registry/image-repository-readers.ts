import type { Repository } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Roles of another account that may pull images, named without a reference to them. */
export interface ImageReader {
  /** Account of the roles. */
  readonly account: string;
  /** ARNs of the roles, with `*` for a part that is not known. */
  readonly principalArns: readonly string[];
}

/** Lets `reader` pull from `repository`; its own account must allow it too. */
export function allowPull(repository: Repository, reader: ImageReader): void {
  repository.addToResourcePolicy(
    new PolicyStatement({
      sid: `Pull${reader.account}`,
      principals: [new AccountPrincipal(reader.account)],
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      conditions: { ArnLike: { 'aws:PrincipalArn': [...reader.principalArns] } },
    }),
  );
}
