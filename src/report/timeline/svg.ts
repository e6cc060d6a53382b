/** A timeline as a picture that stands alone. */
import { changesOf } from './changes.ts';
import { barHeight, pictureOf, type Row, type Shape } from './layout.ts';
import { placeOf, type Timeline } from './model.ts';
import type { TimelineWords } from './words.ts';

const labelWidth = 230;
const stepWidth = 28;
const margin = 12;
const headHeight = 58;

/** The classes of shapes in colours that can be told apart on white, also in print. */
const style = `text{font:12px sans-serif;fill:#1b1b1b}.title{font-weight:bold;font-size:14px}.number{font-size:10px;fill:#555}
.grid{stroke:#e4e4e4}.conflict{fill:#b35900}.breach{fill:#c5221f;fill-opacity:.12}.breach-text{fill:#c5221f;font-weight:bold}
rect{stroke-width:1}.c0{fill:#cfe3ff;stroke:#1f5fbf}.c1{fill:#ffe0b8;stroke:#a85b00}.c2{fill:#d3efd3;stroke:#2a7a2a}.c3{fill:#eed6f5;stroke:#7a2f92}
.c4{fill:#fbd3d8;stroke:#a72a3b}.c5{fill:#cdeeee;stroke:#116d6d}.stay{fill-opacity:.25;stroke-opacity:.5}.waiting{stroke-dasharray:3 2}
.not-cancelable{fill:#f2f2f2;stroke:#777}.cancelable{fill:#d3efd3;stroke:#2a7a2a}.cancel-requested,.cancel-running{fill:#fbd3d8;stroke:#a72a3b}
.passed-down{fill:#cfe3ff;stroke:#1f5fbf}.completed{fill:#e4e4e4;stroke:#999}.freed{fill:#fff;stroke:#999;stroke-dasharray:3 2}.register{fill:#fff;stroke:#777}`;

/** The whole timeline as SVG text; every step tells on hovering what it did. */
export function timelineSvg(timeline: Timeline, words: TimelineWords): string {
  const { rows, height } = pictureOf(timeline, words, false);
  const { steps, conflicts, breach, rule, scenario } = timeline;
  const width = labelWidth + steps.length * stepWidth + margin;
  const whole = headHeight + height + margin;
  const x = (step: number): number => labelWidth + step * stepWidth;
  const changes = changesOf(timeline, words);
  const conflicting = [...new Set(conflicts.flatMap(({ first, second }) => [first, second]))].sort((a, b) => a - b);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}" role="img">`,
    `<title>${entities(rule ?? scenario)}</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${whole}" fill="#fff"/>`,
    text(margin, 20, [rule, scenario, timeline.message].filter(Boolean).join(' - '), 'title'),
    ...steps.map((_, step) => `<path class="grid" d="M${x(step)} ${headHeight}V${headHeight + height}"/>`),
    ...steps.map((_, step) => text(x(step) + 3, 50, String(step + 1), step === breach ? 'breach-text' : 'number')),
    ...conflicting.map((step) => `<circle class="conflict" cx="${x(step) + stepWidth / 2}" cy="34" r="4"/>`),
    ...rows.flatMap((row) => rowLines(row, x)),
    ...(breach === undefined
      ? []
      : [`<rect class="breach" x="${x(breach)}" y="${headHeight}" width="${stepWidth}" height="${height}"/>`]),
    ...steps.map((step, index) => {
      const told = [`${index + 1}: ${step.stuck ? words.stuck : step.source}`, placeOf(timeline, step), ...changes[index]];
      const area = `x="${x(index)}" y="${headHeight}" width="${stepWidth}" height="${height}" fill-opacity="0"`;
      return `<rect ${area}><title>${entities(told.join('\n'))}</title></rect>`;
    }),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function rowLines({ group, label, top, shapes, behind }: Row, x: (step: number) => number): string[] {
  const y = headHeight + top;
  return [
    text(margin, y + 13, group, 'label', label === '' ? labelWidth - margin : 100),
    text(margin + 104, y + 13, label, 'label', labelWidth - margin - 110),
    ...[...behind, ...shapes].flatMap((shape) => bar(shape, x, y)),
  ];
}

function bar({ from, to, look, label }: Shape, x: (step: number) => number, y: number): string[] {
  const width = (to - from) * stepWidth - 2;
  return [
    `<rect class="${look}" x="${x(from)}" y="${y}" width="${width}" height="${barHeight}" rx="2"/>`,
    text(x(from) + 4, y + 13, label, 'name', width - 6),
  ];
}

/** A line of text, cut where it would be longer than `width` pixels. */
function text(x: number, y: number, words: string, look: string, width = Number.POSITIVE_INFINITY): string {
  const most = Math.floor(width / 6.5);
  if (words === '' || most < 2) return '';
  const shown = words.length <= most ? words : `${words.slice(0, most - 1)}…`;
  return `<text class="${look}" x="${x}" y="${y}">${entities(shown)}</text>`;
}

function entities(words: string): string {
  return words.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
