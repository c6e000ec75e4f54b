import type { Stored } from '../api/object.ts';
import type { Pod } from '../api/types.generated.ts';
import type { LabelSelector } from '../apimachinery/label-selector.ts';

/** More questions than this are not kept. */
const KEPT = 64;

interface Question {
  readonly matches: (pod: Stored<Pod>) => boolean;
  readonly perNode: Map<string, number>;
}

/** How many Pods of a kind run on each node, counted once and then kept up to date. */
export class PodCounts {
  private readonly questions = new Map<string, Question>();

  constructor(private readonly pods: () => Iterable<Stored<Pod>>) {}

  /** Pods of a namespace that a selector selects, without those that are going. */
  matching(namespace: string, selector: LabelSelector): ReadonlyMap<string, number> {
    return this.ask(
      `${namespace}/${selector.nothing ? '!' : selector.toString()}`,
      (pod) =>
        pod.metadata.namespace === namespace &&
        !pod.metadata.deletionTimestamp &&
        selector.matches(pod.metadata.labels),
    );
  }

  /** Pods that `matches`, which `key` names. */
  ask(key: string, matches: (pod: Stored<Pod>) => boolean): ReadonlyMap<string, number> {
    let question = this.questions.get(key);
    if (!question) {
      if (this.questions.size >= KEPT) this.questions.clear();
      question = { matches, perNode: new Map() };
      for (const pod of this.pods()) count(question, pod, 1);
      this.questions.set(key, question);
    }
    return question.perNode;
  }

  add(pod: Stored<Pod>): void {
    for (const question of this.questions.values()) count(question, pod, 1);
  }

  remove(pod: Stored<Pod>): void {
    for (const question of this.questions.values()) count(question, pod, -1);
  }

  /** Something else that the questions depend on has changed: namespaces' labels. */
  forget(): void {
    this.questions.clear();
  }
}

function count(question: Question, pod: Stored<Pod>, by: number): void {
  const node = pod.spec?.nodeName;
  if (!node || !question.matches(pod)) return;
  question.perNode.set(node, (question.perNode.get(node) ?? 0) + by);
}
