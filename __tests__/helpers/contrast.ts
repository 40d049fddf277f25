/// <reference lib="dom" />

type Color = readonly [number, number, number, number];

/**
 * Runs in the page: what cannot be read well. WCAG AA asks of text for a contrast of 4.5, of the border of a field for 3.
 */
export function tooFaint(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const found: string[] = [];

  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    if (!isSeen(element) || element.closest(':disabled') !== null) {
      continue;
    }
    const isField = element.matches('input:not([type=radio]), textarea');
    if (isField || [...element.childNodes].some((node) => node instanceof Text && /\S/.test(node.data))) {
      judge(element, getComputedStyle(element).color, behind(element), 4.5);
    }
    if (isField) {
      judge(element, getComputedStyle(element, '::placeholder').color, behind(element), 4.5);
      judge(element, getComputedStyle(element).borderTopColor, behind(element.parentElement!), 3);
    }
  }
  return found;

  function isSeen(element: HTMLElement): boolean {
    const { width, height } = element.getBoundingClientRect();
    return element.checkVisibility() && width > 1 && height > 1;
  }

  function judge(element: HTMLElement, color: string, background: Color, least: number): void {
    const ratio = contrast(over(parse(color), background), background);
    if (ratio < least) {
      found.push(`${ratio.toFixed(2)}: ${element.outerHTML.slice(0, 120)}`);
    }
  }

  function behind(element: HTMLElement): Color {
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 || element.parentElement === null ? own : over(own, behind(element.parentElement));
  }

  function parse(color: string): Color {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red!, green!, blue!, alpha! / 255];
  }

  function over(top: Color, below: Color): Color {
    const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + below[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  }

  function contrast(one: Color, other: Color): number {
    const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
    return (light! + 0.05) / (dark! + 0.05);
  }

  function luminance([red, green, blue]: Color): number {
    const linear = (value: number): number =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  }
}
