import type { Change } from '../change.ts'

const seam = 'libs/engine/seam/src'

export const SEAM: readonly Change[] = [
  {
    name: 'cut-below-an-earlier-one',
    file: `${seam}/protocol.ts`,
    find: 'const cut = Math.max(header.nextOffset, ...header.cuts.map((c) => c.cut))',
    replace: 'const cut = header.nextOffset',
  },
  {
    name: 'cut-before-the-newest-is-registered',
    file: `${seam}/protocol.ts`,
    find: "if (!registered && header.floor <= newest.number) return refused('unregistered')",
    replace: "if (!registered && header.floor > newest.number) return refused('unregistered')",
  },
  {
    name: 'a-second-id-under-one-cut-of-another',
    file: `${seam}/protocol.ts`,
    find: "if (known !== undefined && known.cut !== cut) return refused('conflict')",
    replace: "if (known !== undefined && known.cut > cut) return refused('conflict')",
  },
  {
    name: 'a-lost-cut-fits-whatever-was-applied',
    file: `${seam}/protocol.ts`,
    find: 'header.nextOffset <= cut && header.cuts.every(',
    replace: 'header.cuts.every(',
  },
  {
    name: 'publishing-leaves-the-state-revision',
    file: `${seam}/protocol.ts`,
    find: 'return moved({ ...header, revision: nonce, stateRevision: nonce, cuts, strayed, loaded: id })',
    replace: 'return moved({ ...header, revision: header.revision, cuts, strayed, loaded: id })',
  },
  {
    name: 'registering-forgets-strays',
    file: `${seam}/protocol.ts`,
    find: 'const strayed = header.strayed || generation.strayed',
    replace: 'const strayed = header.strayed && generation.strayed',
  },
  {
    name: 'a-commit-keeps-since-of-what-it-does-not-maintain',
    file: `${seam}/protocol.ts`,
    find: 'since: Object.fromEntries(progress.fingerprints.map((f) => [f, header.since[f] ?? header.nextOffset])),',
    replace:
      'since: { ...header.since, ...Object.fromEntries(progress.fingerprints.map((f) => [f, header.since[f] ?? header.nextOffset])) },',
  },
  {
    name: 'a-new-view-claims-to-have-seen-everything',
    file: `${seam}/protocol.ts`,
    find: '[f, header.since[f] ?? header.nextOffset]',
    replace: '[f, header.since[f] ?? 0]',
  },
  {
    name: 'a-seeded-header-promises-to-be-whole',
    file: `${seam}/protocol.ts`,
    find: 'rebuildTo: end > cut ? end : null,',
    replace: 'rebuildTo: null,',
  },
  {
    name: 'retiring-keeps-one-slice-too-few',
    file: `${seam}/protocol.ts`,
    find: 'header.cuts.filter((c) => c.number >= number)',
    replace: 'header.cuts.filter((c) => c.number > number)',
  },
  {
    name: 'readers-take-retired-slices',
    file: `${seam}/check-header.ts`,
    find: "if (header.floor > pointer.number) return { kind: 'stale', why: 'retired' }",
    replace: "if (header.floor > pointer.number + 1) return { kind: 'stale', why: 'retired' }",
  },
  {
    name: 'readers-trust-any-generation-of-that-number',
    file: `${seam}/check-header.ts`,
    find: 'if (known?.id !== pointer.id || known.cut !== cut)',
    replace: 'if (known === undefined || known.cut !== cut)',
  },
  {
    name: 'a-view-is-complete-one-record-early',
    file: `${seam}/check-header.ts`,
    find: 'sinceOf(header, fingerprint) <= cutOf(pointer, place)',
    replace: 'sinceOf(header, fingerprint) <= cutOf(pointer, place) + 1',
  },
  {
    name: 'a-home-is-trusted-after-growth',
    file: `${seam}/homes.ts`,
    find: '!header.strayed && header.partitions === partitions',
    replace: '!header.strayed && header.partitions <= partitions',
  },
  {
    name: 'a-lost-header-forgets-earlier-owners',
    file: `${seam}/homes.ts`,
    find: "(h.token !== '' || h.partitions !== partitions)",
    replace: 'h.partitions !== partitions',
  },
  {
    name: 'damage-of-a-value-is-not-seen',
    file: `${seam}/slices.ts`,
    find: 'getU32(bytes, from + 1) === checksum(bytes, from + 5, to)',
    replace: 'getU32(bytes, from + 1) >= 0',
  },
  {
    name: 'frozen-slices-lose-the-lowest',
    file: `${seam}/slices.ts`,
    find: 'sliceAt(bytes, at) < floor',
    replace: 'sliceAt(bytes, at) <= floor',
  },
  {
    name: 'registering-without-looking-at-the-part',
    file: `${seam}/change-header.ts`,
    find: 'protocol.register(h, registered, nonce()), requires)',
    replace: 'protocol.register(h, registered, nonce()))',
  },
  {
    name: 'an-absent-offset-is-counted-twice',
    file: `${seam}/tally.ts`,
    find: 'absent: tally.absent + offsets - passed.read,',
    replace: 'absent: tally.absent + offsets,',
  },
]
