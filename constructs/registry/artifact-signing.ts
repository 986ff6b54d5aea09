import { type IKey, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { EncryptionKey } from '../core/encryption-key';
import { ArtifactSigningGrants } from './artifact-signing-grants';

/** Properties for `ArtifactSigning`. */
export interface ArtifactSigningProps {
  /**
   * Alias with or without `alias/`.
   *
   * @default - no alias
   */
  readonly alias?: string;
}

/**
 * The key that signs release manifests: ECC NIST P-256, made in KMS and never outside of it.
 *
 * Whoever has the public key can verify without AWS. Rotation is a new key; old signatures stay valid as long as the old one
 * exists. Costs about 1 USD per month.
 */
export class ArtifactSigning extends Construct {
  /** Signature algorithm of every signature, as KMS calls it. */
  public static readonly ALGORITHM = 'ECDSA_SHA_256';

  /** The key. */
  public readonly key: IKey;

  /** Permissions to sign and to verify. */
  public readonly grants: ArtifactSigningGrants;

  constructor(scope: Construct, id: string, props: ArtifactSigningProps = {}) {
    super(scope, id);
    this.key = new EncryptionKey(this, 'Key', {
      description: 'Signs the release manifests of models',
      alias: props.alias,
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
    });
    this.grants = ArtifactSigningGrants.fromArtifactSigning(this);
  }
}
