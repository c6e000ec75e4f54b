/** The TUI over the fake course in a real terminal: `node scripts/run-ts.mjs test/tui/demo.ts [en|ko] [--ascii]`. */
import { runTui } from '../../src/tui/run.ts';
import { FakeCourse } from './fake-port.ts';

const [language] = process.argv.slice(2);
const ascii = process.argv.includes('--ascii');
const course = new FakeCourse(language === 'ko' ? 'ko' : 'en');
const status = await runTui(course, { lesson: 'replicaset', ...(ascii ? { ascii } : {}) });
process.exit(status);
