import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const RELEASE = 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/releases/download/v2.14.1/v2_14_1';
const INGRESS = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/scheme: internet-facing
    alb.ingress.kubernetes.io/target-type: ip
spec:
  ingressClassName: alb
  rules:
  - {host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}
  - {http: {paths: [{path: /none, pathType: Exact, backend: {service: {name: none, port: {number: 80}}}}]}}
`;

it('gives an Ingress an application load balancer, when the controller may make one, and takes it away', () => {
  const station = new Workstation('alb').configured();
  station.ok('eksctl create cluster --name demo --nodes 2 --with-oidc');
  station.ok('kubectl create deployment web --image=nginx; kubectl expose deployment web --port 80');
  station.ok(`curl -fsSL ${RELEASE}_full.yaml | sed 's/your-cluster-name/demo/' | kubectl apply -f -
kubectl apply -f ${RELEASE}_ingclass.yaml
kubectl apply -f - <<'X'\n${INGRESS}X\nsleep 60`);
  expect(station.ok('kubectl get deployment -n kube-system aws-load-balancer-controller --no-headers')).toContain(
    '1/1',
  );
  // The node's role looks around, and may not make anything.
  expect(station.ok('kubectl describe ingress web')).toMatch(
    /Failed deploy model due to operation error Elastic Load Balancing v2: Describe\w+, https response error StatusCode: 403, RequestID: \S+, api error AccessDenied: User: arn:aws:sts::\d+:assumed-role\/\S+ is not authorized to perform: elasticloadbalancing:Describe/,
  );
  station.ok(`curl -fsSLO https://raw.githubusercontent.com/kubernetes-sigs/aws-load-balancer-controller/v2.14.1/docs/install/iam_policy.json
arn=$(aws iam create-policy --policy-name AWSLoadBalancerControllerIAMPolicy --policy-document file://iam_policy.json --query Policy.Arn --output text)
eksctl create iamserviceaccount --cluster demo --namespace kube-system --name aws-load-balancer-controller --attach-policy-arn $arn --override-existing-serviceaccounts --approve
kubectl rollout restart -n kube-system deployment aws-load-balancer-controller; sleep 60`);
  const host = station.ok(`kubectl get ingress web -o jsonpath='{.status.loadBalancer.ingress[0].hostname}'`);
  expect(host).toMatch(/^k8s-default-web-[0-9a-f]{10}-\d{9}\.ap-northeast-2\.elb\.amazonaws\.com$/);
  expect(station.run(`curl -sS http://${host}`).stderr).toContain('Could not resolve host');
  station.wait(3);
  expect(station.ok(`curl -sS -H 'Host: web.example.com' http://${host}/`)).toContain('Welcome to nginx!');
  expect(station.ok(`curl -s -o /dev/null -w '%{http_code}' http://${host}/`)).toBe('404');
  expect(station.ok(`curl -sS http://${host}/none`)).toBe('Backend service does not exist');
  expect(
    station.ok('aws elbv2 describe-load-balancers --query "LoadBalancers[].[Type,State.Code]" --output text'),
  ).toBe('application\tactive\n');
  station.ok(
    'aws elbv2 describe-listeners --load-balancer-arn $(aws elbv2 describe-load-balancers --query "LoadBalancers[0].LoadBalancerArn" --output text) --query "Listeners[0].ListenerArn" --output text > listener',
  );
  expect(
    station.ok(
      'aws elbv2 describe-rules --listener-arn $(cat listener) --query "Rules[].[Priority,Actions[0].Type]" --output text',
    ),
  ).toBe('1\tforward\n2\tfixed-response\ndefault\tfixed-response\n');
  expect(station.ok('kubectl get targetgroupbindings --no-headers')).toMatch(/^k8s-default-web-\w+ +web +80 +ip /);
  const group = '$(aws elbv2 describe-target-groups --query "TargetGroups[0].TargetGroupArn" --output text)';
  const health = `aws elbv2 describe-target-health --target-group-arn ${group} --query "TargetHealthDescriptions[].TargetHealth.State" --output text`;
  expect(station.ok(health)).toBe('healthy\n');
  station.ok('kubectl annotate ingress web alb.ingress.kubernetes.io/healthcheck-path=/nowhere; sleep 40');
  expect(station.ok(health)).toBe('unhealthy\n');
  // A group shares one load balancer, which the bill counts.
  station.ok(
    `for name in one two; do kubectl create ingress $name --class alb --rule "$name.example.com/*=web:80" --annotation alb.ingress.kubernetes.io/group.name=shared --annotation alb.ingress.kubernetes.io/target-type=ip; done; sleep 20`,
  );
  expect(
    station.ok(`kubectl get ingress one two -o jsonpath='{.items[*].status.loadBalancer.ingress[0].hostname}'`),
  ).toMatch(/^(internal-k8s-shared-\S+) \1$/);
  expect(
    station.built.account?.items().filter(({ kind, hourly }) => kind === 'load-balancer' && hourly > 0),
  ).toHaveLength(2);
  station.ok('kubectl delete ingress one; sleep 10');
  expect(station.ok('kubectl get ingress two -o jsonpath={.metadata.finalizers}')).toContain(
    'group.ingress.k8s.aws/shared',
  );
  station.ok('kubectl delete ingress two; sleep 5');
  expect(station.built.account?.items().filter(({ kind }) => kind === 'load-balancer')).toHaveLength(1);
  // TLS wants a certificate that is issued.
  const tls = (name: string, annotations: readonly string[], rule = '/=web:80') => {
    const words = annotations.map((one) => `--annotation 'alb.ingress.kubernetes.io/${one}'`).join(' ');
    station.ok(
      `kubectl create ingress ${name} --class alb --rule '${rule}' --annotation alb.ingress.kubernetes.io/target-type=ip ${words}; sleep 10`,
    );
    const text = station.ok(`kubectl describe ingress ${name}`);
    station.ok(`kubectl delete ingress ${name}; sleep 5`);
    return text;
  };
  const arn = 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1b2c3d4e-0000-4000-8000-123456789012';
  expect(tls('given', [`certificate-arn=${arn}`])).toMatch(
    /Warning +FailedDeployModel .*Failed deploy model due to operation error Elastic Load Balancing v2: CreateListener, https response error StatusCode: 400, RequestID: \S+, CertificateNotFound: Certificate 'arn:aws:acm:ap-northeast-2:123456789012:certificate\/1b2c3d4e-0000-4000-8000-123456789012' not found/,
  );
  expect(tls('far', [`certificate-arn=${arn.replace('ap-northeast-2', 'us-east-1')}`])).toMatch(
    /api error ValidationError: Certificate ARN 'arn:aws:acm:us-east-1:\S+' is not valid/,
  );
  const both = 'listen-ports=[{"HTTP": 80}, {"HTTPS": 443}]';
  station.ok(
    'aws acm request-certificate --domain-name pending.example.com --validation-method DNS --query CertificateArn --output text > pending.arn',
  );
  expect(tls('pending', [`certificate-arn=${station.ok('cat pending.arn').trim()}`])).toMatch(
    /UnsupportedCertificate: The certificate 'arn:aws:acm:\S+' must have a fully-qualified domain name, a supported signature, and a supported key size\./,
  );
  station.ok('aws acm delete-certificate --certificate-arn $(cat pending.arn)');
  expect(tls('found', [both], 'shop.example.com/=web:80')).toContain(
    'Failed build model due to ingress: default/found: no certificate found for host: shop.example.com',
  );
  expect(tls('bare', [both, 'ssl-redirect=443'])).toContain(
    'api error ValidationError: A certificate must be specified for HTTPS listeners',
  );
  expect(tls('redirect', ['ssl-redirect=443'])).toContain(
    'Failed build model due to listener does not exist for SSLRedirect port: 443',
  );
  expect(tls('action', ['actions.web={}'])).toContain('kubetutor does not model the annotation');
  expect(tls('words', ['listen-ports=[{"TCP": 80}]'])).toContain('listen protocol must be within [HTTP, HTTPS]: TCP');
  // With a certificate in ACM: found by the hosts' names, shown to clients, and in use as long as the listener is there.
  station.ok(
    `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=shop.example.com -addext subjectAltName=DNS:shop.example.com 2> /dev/null
aws acm import-certificate --certificate fileb://cert.pem --private-key fileb://key.pem --query CertificateArn --output text > cert.arn
kubectl create ingress shop --class alb --rule 'shop.example.com/*=web:80' --annotation alb.ingress.kubernetes.io/target-type=ip --annotation alb.ingress.kubernetes.io/scheme=internet-facing --annotation 'alb.ingress.kubernetes.io/${both}' --annotation alb.ingress.kubernetes.io/ssl-redirect=443
sleep 180`,
  );
  const shop = station.ok(`kubectl get ingress shop -o jsonpath='{.status.loadBalancer.ingress[0].hostname}'`);
  const port = (number: number) => `--resolve shop.example.com:${number}:$(dig +short ${shop} | head -1)`;
  expect(station.ok(`curl -sS --cacert cert.pem ${port(443)} https://shop.example.com/`)).toContain(
    'Welcome to nginx!',
  );
  expect(station.run(`curl -sS ${port(443)} https://shop.example.com/`).stderr).toContain('self-signed certificate');
  expect(
    station.ok(`curl -s -o /dev/null -w '%{http_code} %{redirect_url}' ${port(80)} http://shop.example.com/a?b=1`),
  ).toBe('301 https://shop.example.com:443/a?b=1');
  const balancer = `$(aws elbv2 describe-load-balancers --query "LoadBalancers[?DNSName=='${shop}'].LoadBalancerArn" --output text)`;
  expect(
    station.ok(
      `aws elbv2 describe-listeners --load-balancer-arn ${balancer} --query "Listeners[].[Port,Protocol,SslPolicy,DefaultActions[0].Type]" --output text`,
    ),
  ).toBe('80\tHTTP\tNone\tredirect\n443\tHTTPS\tELBSecurityPolicy-2016-08\tfixed-response\n');
  expect(station.run('aws acm delete-certificate --certificate-arn $(cat cert.arn)').stderr).toMatch(
    /\(ResourceInUseException\) when calling the DeleteCertificate operation: Certificate arn:aws:acm:\S+ in account \d+ is in use\./,
  );
  station.ok('kubectl delete ingress shop; sleep 60; aws acm delete-certificate --certificate-arn $(cat cert.arn)');
  // A Service that says so gets a network load balancer of the controller's: in front of the Pods, or of the nodes.
  const nlb = (type: string) => `apiVersion: v1
kind: Service
metadata:
  name: net
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-type: external
    service.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ${type}
    service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
`;
  const targets = `aws elbv2 describe-target-groups --query "TargetGroups[?Protocol=='TCP'].TargetType" --output text`;
  station.ok(`kubectl apply -f - <<'X'\n${nlb('ip')}X\nsleep 150`);
  const net = `$(kubectl get svc net -o jsonpath='{.status.loadBalancer.ingress[0].hostname}')`;
  expect(station.ok(`echo ${net}`)).toMatch(
    /^k8s-default-net-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.ap-northeast-2\.amazonaws\.com\n$/,
  );
  expect(station.ok(targets)).toBe('ip\n');
  expect(station.ok(`curl -sS http://${net}`)).toContain('Welcome to nginx!');
  expect(station.ok('kubectl describe svc net')).toMatch(
    /EnsuringLoadBalancer .*service-controller +Ensuring load balancer\n.*SuccessfullyReconciled .*service +Successfully reconciled/,
  );
  station.ok(`kubectl apply -f - <<'X'\n${nlb('instance')}X\nsleep 20`);
  expect(station.ok(targets)).toBe('instance\n');
  expect(station.ok(`curl -sS http://${net}`)).toContain('Welcome to nginx!');
  station.ok(`kubectl apply -f - <<'X'\n${nlb('pod')}X\nsleep 20`);
  expect(station.ok('kubectl describe svc net')).toContain(
    'Failed build model due to unsupported target type "pod" for load balancer type "external"',
  );
  expect(station.ok('kubectl get svc net -o jsonpath={.metadata.finalizers}')).toContain('service.k8s.aws/resources');
  station.ok('kubectl delete svc net --timeout=180s');
  expect(station.ok("aws elbv2 describe-load-balancers --query 'LoadBalancers[?Type==`network`]'")).toBe('[]\n');
  // Without the subnets' tags there is no place for another.
  station.ok(`aws ec2 delete-tags --tags Key=kubernetes.io/role/internal-elb --resources $(aws ec2 describe-subnets --filters Name=tag:kubernetes.io/role/internal-elb,Values=1 --query 'Subnets[].SubnetId' --output text)
kubectl create ingress inner --class alb --rule '/=web:80'; sleep 10`);
  expect(station.ok('kubectl describe ingress inner')).toContain(
    "Failed build model due to couldn't auto-discover subnets: unable to resolve at least one subnet (0 match VPC and tags: [kubernetes.io/role/internal-elb])",
  );
  station.ok('kubectl delete ingress inner');
  expect(station.ok('eksctl delete cluster --name demo --wait --disable-nodegroup-eviction')).toMatch(
    /were deleted\n$/,
  );
  expect(
    station.ok(
      'aws elbv2 describe-load-balancers --query LoadBalancers; aws elbv2 describe-target-groups --query TargetGroups',
    ),
  ).toBe('[]\n[]\n');
}, 60_000);
