// Plays a lesson by typing it into the tutor inside tmux, as a learner would; see type-lesson/main.ts.
//   node scripts/type-lesson.mjs LESSON... [--lang en,ko] [--size 100x30] [--solution N] [--frames DIR]
process.argv.splice(2, 0, 'scripts/type-lesson/main.ts');
await import('./run-ts.mjs');
