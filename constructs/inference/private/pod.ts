import { JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { kplus } from '../../core/kubernetes';
import { patchRendered } from '../../core/rendered';
import type { ProbeSpec, ServerSpec } from '../server-spec';

const { IntOrString, Quantity } = kplus.k8s;

/** What a pod of a model consists of. */
export interface PodProps {
  /** Name of the service account and of every object. */
  readonly name: string;
  /** Image reference, pinned by digest. */
  readonly image: string;
  /** How the server is run. */
  readonly server: ServerSpec;
  /** Region of the AWS services that the pod calls. */
  readonly region: string;
  /** Labels of every object: model, version, dataset, owner. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the pods: what does not fit a label. */
  readonly annotations: Readonly<Record<string, string>>;
}

const GPU = 'nvidia.com/gpu';

/** Any user but root; the images need no particular one. */
const USER = 10_001;

/** Seconds that are left over when preStop and shutdown have taken all of theirs. */
const GRACE_MARGIN_SECONDS = 10;

/** The pod template: restricted by every rule of Pod Security, without a Kubernetes token. */
export function podTemplate(props: PodProps, selector: Readonly<Record<string, string>>): kplus.k8s.PodTemplateSpec {
  const { server } = props;
  return {
    metadata: { labels: { ...props.labels, ...selector }, annotations: { ...props.annotations } },
    spec: {
      serviceAccountName: props.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: server.preStopSeconds + server.shutdownSeconds + GRACE_MARGIN_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selector },
        matchLabelKeys: ['pod-template-hash'],
      })),
      initContainers: server.verifier === undefined ? undefined : [verifierContainer(props, server.verifier)],
      containers: [serverContainer(props)],
      volumes: server.scratch.map(({ name, sizeMiB, inMemory }) => ({
        name,
        emptyDir: { sizeLimit: Quantity.fromString(`${sizeMiB}Mi`), medium: inMemory ? 'Memory' : undefined },
      })),
    },
  };
}

/** Reserves `count` whole GPUs for the server container and tolerates the taint of GPU nodes. */
export function reserveGpus(workload: Construct, count: number): void {
  const resources = `/spec/template/spec/containers/0/resources`;
  patchRendered(
    workload,
    JsonPatch.add(`${resources}/requests/${GPU.replace('/', '~1')}`, count),
    JsonPatch.add(`${resources}/limits/${GPU.replace('/', '~1')}`, count),
    JsonPatch.add('/spec/template/spec/tolerations', [{ key: GPU, operator: 'Exists', effect: 'NoSchedule' }]),
    JsonPatch.add('/spec/template/spec/nodeSelector', { 'groundplane.dev/pool': 'gpu' }),
  );
}

function serverContainer(props: PodProps): kplus.k8s.Container {
  const { server } = props;
  const memory = Quantity.fromString(`${server.memoryMiB}Mi`);
  return {
    ...hardened(props),
    name: 'server',
    command: server.command && [...server.command],
    args: server.args && [...server.args],
    ports: [{ name: 'http', containerPort: server.port, protocol: 'TCP' }],
    resources: { requests: { cpu: Quantity.fromString(`${server.cpuMillis}m`), memory }, limits: { memory } },
    startupProbe: probe(server.startup),
    readinessProbe: probe(server.readiness),
    livenessProbe: probe(server.liveness),
  };
}

function verifierContainer(props: PodProps, program: string): kplus.k8s.Container {
  const memory = Quantity.fromString('512Mi');
  return {
    ...hardened(props),
    name: 'verifier',
    command: ['python3', '-c', program],
    resources: { requests: { cpu: Quantity.fromString('500m'), memory }, limits: { memory } },
  };
}

function hardened({ image, server, region }: PodProps): Omit<kplus.k8s.Container, 'name'> {
  return {
    image,
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries({ ...server.environment, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' }).map(
      ([name, value]) => ({ name, value }),
    ),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: server.scratch.map(({ name, mountPath }) => ({ name, mountPath })),
  };
}

function probe({ path, periodSeconds, failureThreshold, timeoutSeconds }: ProbeSpec): kplus.k8s.Probe {
  return { httpGet: { path, port: IntOrString.fromString('http') }, periodSeconds, failureThreshold, timeoutSeconds };
}
