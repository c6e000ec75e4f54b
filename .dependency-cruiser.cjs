// The layers of ARCHITECTURE.md: cli → tui → course → scenarios → (kubectl, programs, cloud) → shell → cluster → world.
const layer = (name, mayNotKnow) => ({
  name: `${name}-knows-only-what-is-below`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: `^src/(${mayNotKnow.join('|')})/` },
});
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    layer('world', ['cluster', 'shell', 'programs', 'kubectl', 'cloud', 'scenarios', 'course', 'tui', 'cli']),
    layer('cluster', ['shell', 'programs', 'kubectl', 'cloud', 'scenarios', 'course', 'tui', 'cli']),
    layer('shell', ['cluster', 'programs', 'kubectl', 'cloud', 'scenarios', 'course', 'tui', 'cli']),
    layer('programs', ['kubectl', 'scenarios', 'course', 'tui', 'cli']),
    layer('kubectl', ['programs', 'cloud', 'scenarios', 'course', 'tui', 'cli']),
    layer('scenarios', ['course', 'tui', 'cli']),
    layer('course', ['tui', 'cli']),
    layer('tui', ['cli']),
    {
      name: 'no-host-inside-the-world',
      severity: 'error',
      from: { path: '^src/(world|cluster|shell|programs|kubectl|cloud|scenarios)/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
