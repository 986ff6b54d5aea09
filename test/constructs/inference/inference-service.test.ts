import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InferenceService, Scaling } from '../../../constructs/inference';
import { environment, fixture, manifest, pod, properties, server } from './fixture';

const HELM = 'Custom::AWSCDK-EKS-HelmChart';

describe('InferenceService', () => {
  test('is one Helm release in its own stack, none in the stack of the cluster', () => {
    const { platform, stack, props } = fixture();
    new InferenceService(stack, 'Iris', props);
    expect(properties(stack, HELM)).toMatchObject([{ Release: 'model-iris', Namespace: 'models' }]);
    expect(properties(platform, HELM)).toEqual([]);
  });

  test('has these objects, all named after the model', () => {
    const { stack, props } = fixture();
    const { release } = new InferenceService(stack, 'Iris', props);
    const objects = release.manifests as { kind: string; metadata: { name: string; namespace: string } }[];
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceAccount models/iris',
      'Deployment models/iris',
      'Service models/iris',
      'PodDisruptionBudget models/iris',
      'NetworkPolicy models/iris',
    ]);
  });

  test('binds the role to the service account by pod identity', () => {
    const { stack, props } = fixture();
    new InferenceService(stack, 'Iris', props);
    expect(properties(stack, 'AWS::EKS::PodIdentityAssociation')).toMatchObject([
      { Namespace: 'models', ServiceAccount: 'iris' },
    ]);
  });

  test('the release waits for the permission to read', () => {
    const { stack, props } = fixture();
    new InferenceService(stack, 'Iris', props);
    const [release] = Object.values(Template.fromStack(stack).findResources(HELM));
    expect(release?.['DependsOn']).toContainEqual(expect.stringMatching(/^IrisIdentityRoleDefaultPolicy/));
  });

  test('is what a route needs to know', () => {
    const { stack, props, vllm } = fixture();
    const iris = new InferenceService(stack, 'Iris', props);
    expect({ ...iris }).toMatchObject({
      modelName: 'iris',
      modelVersion: '1.0.0',
      namespace: 'models',
      serviceName: 'iris',
      port: 8000,
      paths: ['/v2/models/iris', '/predict'],
      streaming: false,
    });
    expect(new InferenceService(stack, 'Llama', vllm)).toMatchObject({
      paths: ['/v1/chat/completions', '/v1/completions', '/v1/models'],
      streaming: true,
    });
  });

  test('another namespace moves everything', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', { ...props, namespace: 'team-a' });
    expect(
      new Set(
        service.release.manifests.map((object) => (object as { metadata: { namespace: string } }).metadata.namespace),
      ),
    ).toEqual(new Set(['team-a']));
    expect(properties(stack, 'AWS::EKS::PodIdentityAssociation')).toMatchObject([{ Namespace: 'team-a' }]);
  });

  test.each([1, 2, 64])('keeps %d pods', (replicas) => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', { ...props, scaling: Scaling.fixed(replicas) });
    expect(manifest(service, 'Deployment').spec.replicas).toBe(replicas);
  });

  test('two pods by default, and one of them at most may be evicted', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', props);
    expect(manifest(service, 'Deployment').spec.replicas).toBe(2);
    expect(manifest(service, 'PodDisruptionBudget').spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  test('one pod warns', () => {
    const { stack, props } = fixture();
    new InferenceService(stack, 'Iris', { ...props, scaling: Scaling.fixed(1) });
    const warnings = Annotations.fromStack(stack).findWarning('/Test/Iris', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([expect.stringMatching(/one pod.*groundplane:OneReplica/)]);
  });

  test('an update never takes a pod away before its successor is ready', () => {
    const { stack, props } = fixture();
    expect(manifest(new InferenceService(stack, 'Iris', props), 'Deployment').spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  test('the selector names no version, so that it can stay', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', props);
    const selector = { 'app.kubernetes.io/name': 'iris', 'app.kubernetes.io/component': 'model-server' };
    expect(manifest(service, 'Deployment').spec.selector).toEqual({ matchLabels: selector });
    expect(manifest(service, 'Service').spec.selector).toEqual(selector);
    expect(manifest(service, 'PodDisruptionBudget').spec.selector).toEqual({ matchLabels: selector });
    expect(manifest(service, 'NetworkPolicy').spec['podSelector']).toEqual({ matchLabels: selector });
  });

  test('pods tell model, version, dataset, owner and artefact', () => {
    const { stack, props } = fixture();
    const { labels, annotations } = manifest(new InferenceService(stack, 'Iris', props), 'Deployment').spec.template
      .metadata;
    expect(labels).toMatchObject({
      'groundplane.dev/model': 'iris',
      'groundplane.dev/model-version': '1.0.0',
      'groundplane.dev/dataset': 'iris',
      'groundplane.dev/dataset-version': '1.2.0',
      'groundplane.dev/owner': 'ml-platform',
    });
    expect(annotations).toEqual({
      'groundplane.dev/owner-contact': 'ml@example.com',
      'groundplane.dev/runbook': 'https://example.com/runbook',
      'groundplane.dev/artifact-digest': props.artifact.digest,
    });
  });

  test('without a dataset there is no label and no variable of it', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', { ...props, dataset: undefined });
    expect(JSON.stringify(service.release.manifests)).not.toMatch(/dataset/i);
  });

  test('carries the bucket name as a Helm value, the digest and the image in the pod', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', props);
    expect(environment(service)['MODEL_DIGEST']).toBe(props.artifact.digest);
    expect(server(service).image).toBe(props.image);
    expect(properties(stack, HELM)).toMatchObject([
      {
        Values: {
          'Fn::Join': [
            '',
            [
              '{"t0":"s3://',
              { 'Fn::ImportValue': expect.stringMatching('Artifacts') },
              '/models/iris/1.0.0/model.tar.gz"}',
            ],
          ],
        },
      },
    ]);
  });
});

describe('pods', () => {
  test('are restricted by every rule of Pod Security', () => {
    const { stack, props, vllm } = fixture();
    for (const spec of [
      pod(new InferenceService(stack, 'Iris', props)),
      pod(new InferenceService(stack, 'Llama', vllm)),
    ]) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  test('get no token of the Kubernetes API', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', props);
    expect(manifest(service, 'ServiceAccount').automountServiceAccountToken).toBe(false);
    expect(pod(service)['automountServiceAccountToken']).toBe(false);
  });

  test('know their region, since no metadata service tells them', () => {
    const { stack, props } = fixture();
    expect(environment(new InferenceService(stack, 'Iris', props))).toMatchObject({
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  test('spread over zones and nodes', () => {
    const { stack, props } = fixture();
    const spread = pod(new InferenceService(stack, 'Iris', props))['topologySpreadConstraints'] as {
      topologyKey: string;
    }[];
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
  });

  test('have a volume for every folder that is written', () => {
    const { stack, props, vllm } = fixture();
    for (const service of [new InferenceService(stack, 'Iris', props), new InferenceService(stack, 'Llama', vllm)]) {
      const volumes = pod(service).volumes.map(({ name }) => name);
      expect(server(service).volumeMounts.map(({ name }) => name)).toEqual(volumes);
    }
  });

  test('get longer to end than preStop and shutdown take', () => {
    const { stack, props, vllm } = fixture();
    const iris = pod(new InferenceService(stack, 'Iris', props));
    expect(iris.containers[0]!.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    expect(iris.terminationGracePeriodSeconds).toBeGreaterThan(5 + 5 + 20);
    const llama = pod(new InferenceService(stack, 'Llama', vllm));
    expect(llama.containers[0]!.lifecycle).toEqual({ preStop: { sleep: { seconds: 15 } } });
    expect(llama.terminationGracePeriodSeconds).toBe(130);
  });
});

describe('network policy', () => {
  test('lets in the proxies of the gateway alone, on the one port', () => {
    const { stack, props } = fixture();
    const { policyTypes, ingress } = manifest(new InferenceService(stack, 'Iris', props), 'NetworkPolicy').spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress).toEqual([
      {
        ports: [{ protocol: 'TCP', port: 8000 }],
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'envoy-gateway-system' } },
            podSelector: { matchExpressions: [{ key: 'groundplane.dev/proxy', operator: 'Exists' }] },
          },
        ],
      },
    ]);
  });

  test('lets in who is named instead', () => {
    const { stack, props } = fixture();
    const service = new InferenceService(stack, 'Iris', {
      ...props,
      ingress: {
        callers: [{ namespace: 'team-a' }],
        scrapers: [{ namespace: 'prometheus' }],
        scraperRanges: ['10.20.0.0/24'],
      },
    });
    expect(manifest(service, 'NetworkPolicy').spec['ingress']).toMatchObject([
      {
        from: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team-a' } } },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prometheus' } } },
          { ipBlock: { cidr: '10.20.0.0/24' } },
        ],
      },
    ]);
  });

  test('lets out name resolution, credentials and S3, and nothing into the VPC but names', () => {
    const { stack, props } = fixture();
    const egress = manifest(new InferenceService(stack, 'Iris', props), 'NetworkPolicy').spec['egress'] as {
      ports: { port: number }[];
      to: { ipBlock: { cidr: string; except?: string[] } }[];
    }[];
    expect(egress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[53, 53], [80], [443]]);
    expect(egress[1]!.to).toEqual([{ ipBlock: { cidr: '169.254.170.23/32' } }]);
    expect(egress[2]!.to[0]!.ipBlock.cidr).toBe('0.0.0.0/0');
    expect(egress[2]!.to[0]!.ipBlock.except).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']),
    );
  });
});

describe('refuses', () => {
  test.each([
    ['modelName', 'Iris', 'InvalidName'],
    ['modelVersion', '1.0', 'InvalidFormat'],
    ['modelVersion', 'latest', 'InvalidFormat'],
    ['image', 'predictor:latest', 'ImageNotPinned'],
    ['dataset', 'iris', 'InvalidFormat'],
    ['namespace', 'M', 'InvalidName'],
  ])('%s = %s', (prop, value, code) => {
    const { stack, props } = fixture();
    expect(() => new InferenceService(stack, 'Iris', { ...props, [prop]: value })).toThrow(
      new RegExp(`'${prop}' must .*got '${value}'.*\\[${code}, at Test/Iris\\]`),
    );
  });

  test.each([
    ['sha256:abc', 'InvalidDigest'],
    [`sha256:${'A'.repeat(64)}`, 'InvalidDigest'],
  ])('digest %s', (digest, code) => {
    const { stack, props } = fixture();
    const artifact = { ...props.artifact, digest };
    expect(() => new InferenceService(stack, 'Iris', { ...props, artifact })).toThrow(code);
  });

  test.each([0, 65, 1.5])('%d pods', (replicas) => {
    const { stack, props } = fixture();
    const scaling = Scaling.fixed(replicas);
    expect(() => new InferenceService(stack, 'Iris', { ...props, scaling })).toThrow(
      `'scaling.replicas' must be a whole number of pods from 1 to 64, got ${replicas}`,
    );
  });

  test.each(['10.0.0.0', '0.0.0.0/0', '10.0.0.0/33', '::/0'])('scraper range %s', (range) => {
    const { stack, props } = fixture();
    expect(() => new InferenceService(stack, 'Iris', { ...props, ingress: { scraperRanges: [range] } })).toThrow(
      /'ingress.scraperRanges\[0\]' must be an IPv4 range/,
    );
  });

  test('an owner that is no label', () => {
    const { stack, props } = fixture();
    const owner = { ...props.owner, team: 'a team' };
    expect(() => new InferenceService(stack, 'Iris', { ...props, owner })).toThrow(/'owner.team'/);
  });

  test('every problem at once, and defines nothing', () => {
    const { stack, props } = fixture();
    const bad = { ...props, modelName: 'I', image: 'x', scaling: Scaling.fixed(0) };
    expect(() => new InferenceService(stack, 'Iris', bad)).toThrow(
      /InvalidName[^]*ImageNotPinned[^]*IntegerOutOfRange/,
    );
    expect(properties(stack, 'AWS::IAM::Role')).toEqual([]);
  });
});
