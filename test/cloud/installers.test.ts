import { expect, it } from 'vitest';
import { Workstation } from './play.ts';

const station = new Workstation('installers');

it('installs the AWS CLI as its manual says, and says so when it is there', () => {
  const fetched = `curl -sS "https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip" -o awscliv2.zip`;
  expect(station.ok(`${fetched}; unzip awscliv2.zip`)).toBe(`Archive:  awscliv2.zip
   creating: aws/
   creating: aws/dist/
 extracting: aws/README.md           
 extracting: aws/install             
 extracting: aws/dist/aws            
 extracting: aws/dist/aws_completer  
`);
  expect(station.ok('sudo ./aws/install')).toBe('You can now run: /usr/local/bin/aws --version\n');
  expect(station.ok('which aws; aws --version')).toMatch(/^\/usr\/local\/bin\/aws\naws-cli\/2\./);
  const again = station.run('sudo ./aws/install');
  expect(again).toMatchObject({
    status: 1,
    stderr:
      'Found preexisting AWS CLI installation: /usr/local/aws-cli/v2/current. Please rerun install script with --update flag.\n',
  });
  expect(station.ok('sudo ./aws/install --update')).toMatch(/^Found same AWS CLI version: \S+\/v2\/2\S+\. Skipping/);
  expect(station.run('./aws/install --install-dir ~/x --bin-dir ~/bin; ~/bin/aws --version').stdout).toContain(
    'You can now run: /home/learner/bin/aws --version\naws-cli/2.',
  );
});

it('unpacks only archives, and asks before it replaces', () => {
  expect(station.run('unzip nothing').stderr).toBe(
    'unzip:  cannot find or open nothing, nothing.zip or nothing.ZIP.\n',
  );
  station.ok('echo hello > plain.zip');
  expect(station.run('unzip plain.zip')).toMatchObject({ status: 9 });
  expect(station.run('printf "n\\nA\\n" | unzip awscliv2.zip').stderr).toBe(
    'replace aws/README.md? [y]es, [n]o, [A]ll, [N]one, [r]ename: replace aws/install? [y]es, [n]o, [A]ll, [N]one, [r]ename: ',
  );
  expect(station.ok('unzip -l awscliv2.zip')).toContain('6 files\n');
  expect(station.ok('file awscliv2.zip aws/dist/aws')).toMatch(/Zip archive data.*\n.*ELF 64-bit/);
});

it('installs eksctl and kubectl', () => {
  expect(
    station.ok(`curl -sLO "https://github.com/eksctl-io/eksctl/releases/latest/download/eksctl_$(uname -s)_amd64.tar.gz"
tar -xzf eksctl_Linux_amd64.tar.gz -C /tmp && rm eksctl_Linux_amd64.tar.gz
sudo mv /tmp/eksctl /usr/local/bin; hash -r; which eksctl; eksctl version`),
  ).toBe('/usr/local/bin/eksctl\n0.224.0\n');
  expect(
    station.ok(`curl -sLO "https://dl.k8s.io/release/$(curl -L -s https://dl.k8s.io/release/stable.txt)/bin/linux/amd64/kubectl"
sudo install -o root -g root -m 0755 kubectl /usr/local/bin/kubectl; which kubectl; kubectl version --client`),
  ).toMatch(/^\/usr\/local\/bin\/kubectl\nClient Version: v1\.36\.4\n/);
  expect(
    station.ok(
      `curl -sLO https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl.sha256; echo "$(cat kubectl.sha256)  kubectl" | sha256sum --check`,
    ),
  ).toBe('kubectl: OK\n');
  expect(station.run('curl -fsSLO https://dl.k8s.io/release/v1.2.3/bin/linux/amd64/kubectl').status).toBe(22);
  expect(station.ok('chmod +x kubectl; ./kubectl version --client')).toContain('v1.36.4');
});
