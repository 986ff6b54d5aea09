/** A version that is deployed, and until when its makers support it. */
export interface PinnedVersion {
  /** Version as deployed. */
  readonly version: string;
  /** Last day of support, as `YYYY-MM-DD`. */
  readonly supportedUntil: string;
  /** Where both were read. */
  readonly source: string;
}

/** Day on which the table below was last compared with its sources. */
export const REVIEWED_ON = '2026-11-25';

/** What runs in a cluster. Versions deployed are the versions that the engines of this project confirmed. */
export const VERSIONS = {
  kubernetes: {
    version: '1.36',
    supportedUntil: '2027-08-02',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html',
  },
  envoyGateway: {
    version: '1.9.1',
    supportedUntil: '2027-02-14',
    source: 'https://gateway.envoyproxy.io/news/releases/matrix/',
  },
} as const satisfies Record<string, PinnedVersion>;
