import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ArtifactSigning } from './artifact-signing';

const ONLY_OURS = { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } };

/** IAM permissions on an `ArtifactSigning`. */
export class ArtifactSigningGrants {
  /** Builds the grants of `signing`. */
  public static fromArtifactSigning(signing: ArtifactSigning): ArtifactSigningGrants {
    return new ArtifactSigningGrants(signing);
  }

  readonly #signing: ArtifactSigning;

  private constructor(signing: ArtifactSigning) {
    this.#signing = signing;
  }

  /**
   * Lets `grantee` sign with this key, by its one algorithm.
   *
   * Actions: `kms:Sign`.
   */
  public sign(grantee: IGrantable): Grant {
    const resourceArns = [this.#signing.key.keyArn];
    return Grant.addToPrincipal({ grantee, actions: ['kms:Sign'], resourceArns, conditions: ONLY_OURS });
  }

  /**
   * Lets `grantee` verify signatures and fetch the public key.
   *
   * Actions: `kms:Verify`, `kms:GetPublicKey`.
   */
  public verify(grantee: IGrantable): Grant {
    const resourceArns = [this.#signing.key.keyArn];
    return Grant.addToPrincipal({ grantee, actions: ['kms:Verify', 'kms:GetPublicKey'], resourceArns });
  }
}
