// The one place that names the cdk8s-plus package: a move to another Kubernetes version is this line.
export * as kplus from 'cdk8s-plus-28';
