import type { Construct } from 'constructs';
import { ImmutableStore, type ImmutableStoreProps } from './immutable-store';
import { DATASET_PREFIX } from './object-keys';

/** Properties for `DatasetStore`. */
export type DatasetStoreProps = ImmutableStoreProps;

/**
 * Datasets by name and version, `datasets/<name>/<version>/`, each object written once.
 *
 * A version is a prefix of plain objects, so SageMaker, Athena and people read it without a tool. DVC works beside it with a
 * remote of its own prefix (`dvc remote add -d store s3://<bucket>/dvc`): its objects are named by content, so they are
 * never replaced either; `dvc gc --cloud` is refused by the bucket policy. Costs storage and requests.
 */
export class DatasetStore extends ImmutableStore {
  constructor(scope: Construct, id: string, props: DatasetStoreProps) {
    super(scope, id, props, { prefix: DATASET_PREFIX });
  }
}
