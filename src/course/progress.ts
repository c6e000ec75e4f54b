import Conf from 'conf';
import { isRecord } from './input.ts';
import { isLanguage, type Language } from './text.ts';

/** Version of the index's shape; `conf` runs the migrations below when an older one is found. */
const INDEX_VERSION = '1.0.0';

export interface LessonProgress {
  /** Stable ids of finished steps. */
  readonly finished: readonly string[];
  /** Id of the step to go on with. */
  readonly step: string;
  /** Host time of the last change, ms since 1970. */
  readonly changed: number;
}

interface Index {
  lessons: Record<string, LessonProgress>;
  language?: string;
  lastLesson?: string;
  settings: Record<string, string>;
}

/** Settings, and what is finished: an index only. What a lesson really is stands in its journal. */
export class Progress {
  private readonly conf: Conf<Index>;

  /** `folder`: where kubetutor keeps its data. `scope` keeps the lessons of a pack apart from others of the same id. A broken file begins anew. */
  constructor(
    folder: string,
    private readonly scope = '',
  ) {
    this.conf = new Conf<Index>({
      projectName: 'kubetutor',
      projectVersion: INDEX_VERSION,
      cwd: folder,
      configName: 'progress',
      clearInvalidConfig: true,
      defaults: { lessons: {}, settings: {} },
      migrations: {
        // '1.1.0': (store) => …
      },
    });
  }

  lesson(id: string): LessonProgress | undefined {
    const lessons: unknown = this.conf.get('lessons');
    const value = isRecord(lessons) ? lessons[this.scope + id] : undefined;
    if (!isRecord(value) || !Array.isArray(value['finished'])) return undefined;
    return { finished: value['finished'].map(String), step: String(value['step']), changed: Number(value['changed']) };
  }

  setLesson(id: string, progress: LessonProgress): void {
    this.write(() => {
      this.conf.set('lessons', { ...this.conf.get('lessons'), [this.scope + id]: progress });
      this.conf.set('lastLesson', this.scope + id);
    });
  }

  get lastLesson(): string | undefined {
    const last = this.conf.get('lastLesson');
    return last?.startsWith(this.scope) ? last.slice(this.scope.length) : undefined;
  }

  /** The lesson to go on with, though nothing of it may be finished yet. */
  set lastLesson(id: string) {
    this.write(() => this.conf.set('lastLesson', this.scope + id));
  }

  get language(): Language | undefined {
    const value = this.conf.get('language');
    return value !== undefined && isLanguage(value) ? value : undefined;
  }

  set language(language: Language | undefined) {
    this.write(() => (language === undefined ? this.conf.delete('language') : this.conf.set('language', language)));
  }

  setting(name: string): string | undefined {
    const settings: unknown = this.conf.get('settings');
    const value = isRecord(settings) ? settings[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  setSetting(name: string, value: string): void {
    this.write(() => this.conf.set('settings', { ...this.conf.get('settings'), [name]: value }));
  }

  /** A disk that cannot be written must not end a lesson: the index is lost, the journal says so itself. */
  private write(action: () => void): void {
    try {
      action();
    } catch {
      this.unwritable = true;
    }
  }

  /** Whether something could not be remembered. */
  unwritable = false;
}
