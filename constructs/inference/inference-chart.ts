import { Chart, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../core/kubernetes';
import { patchRendered } from '../core/rendered';
import { egressRules, ingressRules, type ModelIngress } from './private/network';
import { type PodProps, podTemplate, reserveGpus } from './private/pod';

const { IntOrString } = kplus.k8s;

/** Properties for `InferenceChart`. Values are final: defaults live in `InferenceService`. */
export interface InferenceChartProps extends PodProps {
  /** Kubernetes namespace of every object. */
  readonly namespace: string;
  /** Pods to keep running. */
  readonly replicas: number;
  /** Who may connect to the pods. */
  readonly ingress: Required<ModelIngress>;
}

/**
 * The Kubernetes half of `InferenceService`: ServiceAccount, Deployment, Service, PodDisruptionBudget and NetworkPolicy.
 */
export class InferenceChart extends Chart {
  readonly #selector: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: InferenceChartProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    // No version in it: a selector cannot change, and old and new pods answer side by side during an update.
    this.#selector = { 'app.kubernetes.io/name': props.name, 'app.kubernetes.io/component': 'model-server' };

    new kplus.k8s.KubeServiceAccount(this, 'Identity', {
      metadata: this.metadata(props),
      automountServiceAccountToken: false,
    });
    this.createDeployment(props);
    this.createService(props);
    this.createDisruptionBudget(props);
    this.createNetworkPolicy(props);
  }

  private metadata(props: InferenceChartProps) {
    return { name: props.name, labels: { ...props.labels, ...this.#selector } };
  }

  private createDeployment(props: InferenceChartProps): void {
    const deployment = new kplus.k8s.KubeDeployment(this, 'Server', {
      metadata: this.metadata(props),
      spec: {
        replicas: props.replicas,
        selector: { matchLabels: this.#selector },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: IntOrString.fromNumber(1), maxUnavailable: IntOrString.fromNumber(0) },
        },
        progressDeadlineSeconds: 60 + 2 * props.server.startup.periodSeconds * props.server.startup.failureThreshold,
        revisionHistoryLimit: 5,
        template: podTemplate(props, this.#selector),
      },
    });
    patchRendered(
      deployment,
      JsonPatch.add('/spec/template/spec/containers/0/lifecycle', {
        preStop: { sleep: { seconds: props.server.preStopSeconds } },
      }),
    );
    if (props.server.gpus > 0) reserveGpus(deployment, props.server.gpus);
  }

  private createService(props: InferenceChartProps): void {
    const { port } = props.server;
    new kplus.k8s.KubeService(this, 'Service', {
      metadata: this.metadata(props),
      spec: {
        type: 'ClusterIP',
        selector: this.#selector,
        ports: [{ name: 'http', port, targetPort: IntOrString.fromString('http'), appProtocol: 'http' }],
      },
    });
  }

  private createDisruptionBudget(props: InferenceChartProps): void {
    new kplus.k8s.KubePodDisruptionBudget(this, 'DisruptionBudget', {
      metadata: this.metadata(props),
      spec: {
        maxUnavailable: IntOrString.fromNumber(1),
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: this.#selector },
      },
    });
  }

  private createNetworkPolicy(props: InferenceChartProps): void {
    new kplus.k8s.KubeNetworkPolicy(this, 'NetworkPolicy', {
      metadata: this.metadata(props),
      spec: {
        podSelector: { matchLabels: this.#selector },
        policyTypes: ['Ingress', 'Egress'],
        ingress: ingressRules(props.ingress, props.server.port),
        egress: egressRules(),
      },
    });
  }
}
