import { stringify } from 'yaml';
import { writeArchive } from '../../course/pack/tar.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { problemLine } from '../locale/problem-line.ts';
import { loadPack } from '../packs.ts';
import { writeWhole } from '../write-whole.ts';

/** `kubetutor pack --student PATH`: writes a student's copy, the same bytes each time. */
export function packForStudents(place: string, options: { student?: boolean; out?: string }): number {
  const say = instructorMessages();
  if (!options.student) {
    process.stderr.write(`kubetutor pack: ${say.packNeedsStudent}\n`);
    return 2;
  }
  const pack = loadPack(place);
  if (typeof pack === 'number') return pack;
  const { problems } = pack.lessonsFor('student');
  for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
  if (problems.length > 0) return 1;
  const file = options.out ?? `${pack.id}-${pack.version}.tgz`;
  writeWhole(file, writeArchive(pack.studentFiles((value) => stringify(value, { lineWidth: 0 }))));
  process.stdout.write(`${file}\n`);
  process.stderr.write(`${say.packWritten(pack.lessonIds.length, pack.hashes.student.slice(0, 12))}\n`);
  return 0;
}
