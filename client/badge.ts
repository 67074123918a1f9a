/** Marks the icon of the tab, and of the app where it is installed, while something waits. */

const SIZE = 64;
/** The dot: its centre and radius in the icon, and the gap around it. */
const DOT = { x: 48, y: 16, radius: 14, gap: 4, colour: "#d5371f" };

/** Shows how many messages wait; the tab's icon shows only whether any do. */
export async function showBadge(count: number): Promise<void> {
  // Only where the app is installed does anybody see it, and elsewhere it may be refused.
  if ("setAppBadge" in navigator) navigator.setAppBadge(count).catch(() => {});
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')!;
  const plain = link.dataset.plain ??= link.href;
  const href = count > 0 ? await (marked ??= withDot(plain)) : plain;
  if (link.href !== href) link.href = href;
}

/** Drawn once. */
let marked: Promise<string> | undefined;

async function withDot(plain: string): Promise<string> {
  const image = new Image(SIZE, SIZE);
  image.src = plain;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d")!;
  context.drawImage(image, 0, 0, SIZE, SIZE);
  const circle = (radius: number) => {
    context.beginPath();
    context.arc(DOT.x, DOT.y, radius, 0, 2 * Math.PI);
    context.fill();
  };
  context.globalCompositeOperation = "destination-out";
  circle(DOT.radius + DOT.gap);
  context.globalCompositeOperation = "source-over";
  context.fillStyle = DOT.colour;
  circle(DOT.radius);
  return canvas.toDataURL("image/png");
}
