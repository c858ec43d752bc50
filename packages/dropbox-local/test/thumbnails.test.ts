import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { type Client, startTestDropbox, tagsOf } from "./harness.ts";

function picture(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } })
    .png()
    .toBuffer();
}

/** A thumbnail's format and size: `jpeg 64x32`. */
async function shape(bytes: Uint8Array): Promise<string> {
  const { format, width, height } = await sharp(bytes).metadata();
  return `${format} ${width}x${height}`;
}

async function thumbnail(client: Client, wish: Record<string, unknown>): Promise<string> {
  const answer = await client.download("files/get_thumbnail_v2", wish);
  expect(answer.status, answer.text).toBe(200);
  return shape(answer.bytes);
}

describe("a thumbnail", () => {
  test("fits the box, turned if that is asked for, or covers it, and is never larger than the picture", async () => {
    const { client } = await startTestDropbox();
    await client.put("/tall.png", await picture(400, 1000));
    await client.put("/small.PNG", await picture(10, 8));
    const of = (path: string, wish: object) => thumbnail(client, { resource: { ".tag": "path", path }, ...wish });
    expect(await of("/tall.png", {})).toBe("jpeg 26x64");
    expect(await of("/tall.png", { format: "png", size: "w480h320" })).toBe("png 128x320");
    expect(await of("/tall.png", { size: "w480h320", mode: "bestfit" })).toBe("jpeg 192x480");
    expect(await of("/tall.png", { size: "w480h320", mode: { ".tag": "fitone_bestfit" } })).toBe("jpeg 320x800");
    expect(await of("/small.PNG", { size: "w2048h1536" })).toBe("jpeg 10x8");
  });

  test("may be as large as the picture, WebP, and keep what can be seen through but in a JPEG", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a.png", await picture(400, 1000));
    const resource = { ".tag": "path", path: "/a.png" };
    const wish = { resource, format: "webp", mode: "original", exclude_media_info: true, preserve_transparency: true };
    const answer = await client.download("files/get_thumbnail_v2", wish);
    expect(await shape(answer.bytes)).toBe("webp 400x1000");
    expect((await sharp(answer.bytes).stats()).isOpaque).toBe(false);
    const jpeg = await client.download("files/get_thumbnail_v2", { ...wish, format: "jpeg" });
    expect(tagsOf(jpeg)).toBe("unsupported_output_format");
  });

  test("can be had of what a shared link leads to", async () => {
    const { client } = await startTestDropbox();
    const file = await client.put("/d/a.png", await picture(100, 50));
    const { url } = await client.ok("sharing/create_shared_link_with_settings", { path: "/d" });
    const answer = await client.download("files/get_thumbnail_v2", {
      resource: { ".tag": "link", url, path: "/a.png" },
    });
    expect(await shape(answer.bytes)).toBe("jpeg 64x32");
    expect(JSON.parse(answer.headers.get("dropbox-api-result") ?? "")).toMatchObject({
      link_metadata: { id: file.id },
    });
  });

  test("is not had of what is no picture", async () => {
    const { client } = await startTestDropbox();
    await client.put("/text.txt", "x");
    await client.put("/broken.jpg", "x");
    await client.put("/d/x", "x");
    const entries = ["/text.txt", "/broken.jpg", "/d", "/none"].map((path) => ({ path }));
    const batch = await client.ok("files/get_thumbnail_batch", { entries });
    expect(batch.entries.map((entry: { failure: unknown }) => entry.failure)).toEqual([
      { ".tag": "unsupported_extension" },
      { ".tag": "conversion_error" },
      { ".tag": "path", path: { ".tag": "not_file" } },
      { ".tag": "path", path: { ".tag": "not_found" } },
    ]);
    const answer = await client.download("files/get_thumbnail", { path: "/text.txt" });
    expect([answer.status, answer.json.error]).toEqual([409, { ".tag": "unsupported_extension" }]);
    const many = Array.from({ length: 26 }, () => ({ path: "/none" }));
    expect(await client.refusal("files/get_thumbnail_batch", { entries: many })).toBe("too_many_files");
  });
});
