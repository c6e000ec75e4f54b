import { AWS_CLI_VERSION } from '../../cloud/aws/cli/aws.ts';
import { addonVersions } from '../../cloud/aws/services/eks/addon-versions.ts';
import type { ImageDefinition } from '../../cluster/node/images/catalog.ts';
import type { Program } from '../../world/program.ts';
import { untilStopped } from '../control-plane.ts';
import { addSkeleton, install } from '../images/base.ts';
import { ALB_CONTROLLER } from './alb/controller.ts';
import { ALB_CONTROLLER_VERSIONS } from './alb/manifest.ts';

/** The account that holds EKS's images in most regions. */
export function ecr(region: string): string {
  return `602401143452.dkr.ecr.${region}.amazonaws.com`;
}

/** Images that EKS's add-ons have under other names than Kubernetes': which one, and the add-on that gives the tag. */
const RENAMED = [
  ['registry.k8s.io/kube-proxy', 'eks/kube-proxy', 'kube-proxy', '-minimal'],
  ['registry.k8s.io/coredns/coredns', 'eks/coredns', 'coredns', ''],
  ['registry.k8s.io/metrics-server/metrics-server', 'eks/metrics-server', 'metrics-server', ''],
] as const;

const SIMPLE = [
  ['amazon-k8s-cni', 'aws-node', 'vpc-cni', 48_000_000],
  ['amazon/aws-network-policy-agent', 'aws-network-policy-agent', 'vpc-cni', 40_000_000],
  ['eks/eks-pod-identity-agent', 'eks-pod-identity-agent', 'eks-pod-identity-agent', 32_000_000],
  ['eks/aws-ebs-csi-driver', 'aws-ebs-csi-driver', 'aws-ebs-csi-driver', 45_000_000],
] as const;

const ALB_CONTROLLER_IMAGE: ImageDefinition = {
  name: 'public.ecr.aws/eks/aws-load-balancer-controller',
  tags: ALB_CONTROLLER_VERSIONS,
  size: 70_000_000,
  config: { entrypoint: ['/controller'], user: '65532' },
  build(files) {
    addSkeleton(files);
    install(files, '/controller', ALB_CONTROLLER, 68_000_000);
  },
};

/** The AWS CLI as an image. */
const CLI_IMAGES = ['docker.io/amazon/aws-cli', 'public.ecr.aws/aws-cli/aws-cli'].map(
  (name): ImageDefinition => ({
    name,
    tags: ['latest', AWS_CLI_VERSION],
    size: 118_000_000,
    config: { entrypoint: ['/usr/local/bin/aws'], workingDirectory: '/aws' },
    build(files) {
      addSkeleton(files);
      files.makeDirectories('/aws');
      install(files, '/usr/local/bin/aws', 'aws', 55_000_000);
      for (const [path, program] of [
        ['/bin/bash', 'bash'],
        ['/bin/sh', 'bash'],
        ['/usr/bin/env', 'env'],
        ['/usr/bin/cat', 'cat'],
        ['/usr/bin/ls', 'ls'],
        ['/usr/bin/sleep', 'sleep'],
      ] as const)
        install(files, path, program);
    },
  }),
);

/** The images of a region's registry of EKS. */
export function eksImages(region: string, others: readonly ImageDefinition[]): ImageDefinition[] {
  const renamed = RENAMED.flatMap(([from, to, addon, suffix]) => {
    const found = others.find((image) => image.name === from);
    return found
      ? [
          {
            ...found,
            name: `${ecr(region)}/${to}`,
            tags: addonVersions(addon).map((version) => version.replace('-eksbuild', `${suffix}-eksbuild`)),
          },
        ]
      : [];
  });
  const simple = SIMPLE.map(
    ([name, program, addon, size]): ImageDefinition => ({
      name: `${ecr(region)}/${name}`,
      tags: addonVersions(addon),
      size,
      config: { entrypoint: [`/app/${program}`] },
      build(files) {
        addSkeleton(files);
        install(files, `/app/${program}`, program, size / 2);
      },
    }),
  );
  return [...renamed, ...simple, ALB_CONTROLLER_IMAGE, ...CLI_IMAGES];
}

/** What runs in those that are nothing but a process here. `onCni`: the network plugin of a node is ready, or gone. */
export function eksPrograms(onCni: (node: string, ready: boolean) => void): Program[] {
  return [
    {
      name: 'aws-node',
      *main(process) {
        yield* process.print(
          `{"level":"info","ts":"${new Date(process.now).toISOString()}","caller":"entrypoint.sh","msg":"Install CNI binaries.."}\n`,
        );
        yield* process.sleep(4000);
        onCni(process.machine.hostname, true);
        yield* process.print(
          `{"level":"info","ts":"${new Date(process.now).toISOString()}","caller":"aws-k8s-agent/main.go:42","msg":"Starting L-IPAMD ${process.env.get('VPC_CNI_VERSION') ?? ''}  ..."}\n`,
        );
        try {
          return yield* untilStopped(process);
        } finally {
          onCni(process.machine.hostname, false);
        }
      },
    },
    { name: 'aws-network-policy-agent', main: (process) => untilStopped(process) },
    { name: 'aws-ebs-csi-driver', main: (process) => untilStopped(process) },
    { name: 'eks-pod-identity-agent', main: (process) => untilStopped(process) },
  ];
}
