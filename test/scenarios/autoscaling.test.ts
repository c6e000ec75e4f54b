import { describe, expect, it } from 'vitest';
import { buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

describe('what containers compute', () => {
  const built = buildWorld('default', 'test');
  const { folder, home } = prepare(built);
  const run = (text: string) => runStep(built, text, folder, home).stdout ?? '';
  const pass = (seconds: number) => built.world.loop.runUntil(built.world.now + seconds * 1000);
  const hpa = () => run('kubectl get hpa php-apache --no-headers').trim().split(/ {2,}/);

  it('is a whole core for a loop, and what is allowed for one with a limit', () => {
    run(`kubectl run busy --image=busybox -- sh -c 'while true; do :; done'
kubectl run held --image=busybox --overrides='{"spec":{"containers":[{"name":"held","image":"busybox","command":["sh","-c","while true; do :; done"],"resources":{"limits":{"cpu":"200m"}}}]}}'`);
    pass(60);
    const began = process.cpuUsage().user;
    pass(120);
    // Two minutes of two loops: seconds of the host's at full speed.
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(4);
    expect(run('kubectl top pod --no-headers')).toMatch(/^busy +1000m .*\nheld +(199|200|201)m /);
    run('kubectl delete pod busy held --now');
  });

  it('scales the example of the walkthrough up under load, and down again', () => {
    run(`kubectl create deployment php-apache --image=registry.k8s.io/hpa-example
kubectl set resources deployment php-apache --requests=cpu=200m --limits=cpu=500m
kubectl expose deployment php-apache --port=80
kubectl autoscale deployment php-apache --cpu=50% --min=1 --max=10`);
    pass(75);
    expect(hpa().slice(2)).toEqual(['cpu: 0%/50%', '1', '10', '1', expect.any(String)]);
    run(
      'kubectl run load-generator --image=busybox:1.28 --restart=Never -- /bin/sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"',
    );
    pass(150);
    expect(Number(hpa()[5])).toBeGreaterThan(5);
    expect(run('kubectl describe hpa php-apache')).toMatch(
      /New size: \d; reason: cpu resource utilization \(percentage of request\) above target/,
    );
    run('kubectl delete pod load-generator --now');
    pass(360);
    expect(hpa().slice(2, 6)).toEqual(['cpu: 0%/50%', '1', '10', '1']);
    expect(run('kubectl describe hpa php-apache')).toContain('reason: All metrics below target');
  });
});
