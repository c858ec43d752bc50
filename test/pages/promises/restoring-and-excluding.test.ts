import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "../beginning.ts";
import { eachStepStandsOnTheLast } from "../each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "../named-dropbox.ts";
import { picture } from "../picture.ts";
import type { ServerProcess } from "../server-process.ts";
import { DROPBOX_SYNC, inTerminal, linkDropbox, openTerminal, startTerminal, until, untilTerminal } from "../steps.ts";
import { type HerDropbox, herDropbox, lookInto } from "./her-dropbox.ts";

const SUBMITTED = /^submitted$/;

/** The page's other chapters: restoring snapshots, the Files view that it leads through, and excluding files. */
describe("Restoring snapshots, and excluding files", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let server: ServerProcess;
  let page: Page;
  let mine: HerDropbox;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ world, page } = begun);
      ({ server } = world);
      mine = herDropbox(world, world.accounts[0]);
      await linkDropbox(page, server, world.accounts[0]);
    },
  );

  const main = () => page.getByRole("main");
  const open = async (what: string) => {
    await page.goto(server.url);
    await page.getByRole("link", { name: what }).first().click();
    await page.getByRole("heading", { level: 1, name: what }).waitFor();
  };
  const says = (word: string) => main().getByText(word, { exact: true }).first().waitFor();
  const row = (name: string): Locator => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  /** The newest of that name. */
  const snapshot = (name: string | RegExp) => page.getByRole("article", { name }).first();
  async function restore(name: string | RegExp, keepsCopy = false): Promise<void> {
    await open("Snapshots");
    await snapshot(name).getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("dialog").getByText("becomes what it was").waitFor();
    if (name === SUBMITTED) await picture(page, "snapshots-restore");
    if (keepsCopy) await page.getByLabel("Keep a full copy of the folder in my Dropbox").check();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByText("The snapshot is restored").waitFor();
  }
  const filesInDropbox = (wanted: readonly string[]) =>
    until(mine.names, (names) => names.join() === wanted.toSorted().join());

  test("R9: there is a snapshot, and a newer version of the files in Dropbox", async () => {
    await startTerminal(page, server);
    await inTerminal(page, "cd /files; echo as submitted > paper.tex; mkdir figures; echo 1 > figures/1.svg");
    await mine.has("figures/1.svg", "1\n");
    await open("Snapshots");
    await page.getByLabel("What is it for?").fill("submitted");
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await snapshot(SUBMITTED).waitFor();
    await mine.write("paper.tex", "rewritten on the laptop\n");
    await mine.write("figures/2.svg", "2\n");
    await openTerminal(page, server);
    await untilTerminal(
      page,
      "cat /files/paper.tex /files/figures/2.svg",
      (said) => said === "rewritten on the laptop\n2",
    );
  });

  test("R9, step 1: in Twinfold, restore the snapshot; this also stops applications", async () => {
    await restore(SUBMITTED);
    await page.goto(server.url);
    await says("not running");
    await page.getByRole("button", { name: "Start", exact: true }).first().waitFor();
  });

  test("R9, step 2: in Dropbox, delete the instance folder", async () => {
    await lookInto(page, world, "Apps", "Twinfold", "Analytical Engines", "First Space");
    await page.getByRole("link", { name: "Delete Master" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page
      .getByRole("table")
      .getByRole("link", { name: "Distributed/" })
      .or(page.getByText("Nothing is here."))
      .waitFor();
    expect(await mine.names()).toEqual([]);
  });

  test("R9, step 3: in the Files view, Personal, with Show hidden files, delete the engine's folder in .local > share", async () => {
    await open("Files");
    await page.getByRole("button", { name: "Personal" }).click();
    expect(await row(".local/").count()).toBe(0);
    await page.getByLabel("Show hidden files").check();
    for (const name of [".local/", "share/"]) await row(name).getByRole("button", { name }).click();
    await row("twinfold/").waitFor();
    await picture(page, "files-personal-hidden");
    await row("twinfold/").getByRole("button", { name: "Delete" }).click();
    await row("twinfold/").waitFor({ state: "detached" });
  });

  test("R9, step 4: start the application; the instance folder is made again, and synchronization of the restored files resumes", async () => {
    await startTerminal(page, server);
    await mine.has("paper.tex", "as submitted\n");
    await filesInDropbox(["figures/", "figures/1.svg", "paper.tex"]);
    expect(await inTerminal(page, "cd /files; cat paper.tex; ls figures")).toBe("as submitted\n1.svg");
    await inTerminal(page, "echo revised > paper.tex");
    await mine.has("paper.tex", "revised\n");
    await mine.write("review.txt", "looks good\n");
    await untilTerminal(page, "cat review.txt", (said) => said === "looks good");
  });

  test("R9, beyond: none of the steps is needed; a restore wins by itself, also over what only Dropbox has, of which nothing is lost", async () => {
    await page.goto(server.url);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await says("not running");
    await mine.write("review.txt", "rewritten while nothing ran here\n");
    await restore(SUBMITTED);
    await picture(page, "snapshots", ["light", "dark"]);
    await startTerminal(page, server);
    await filesInDropbox(["figures/", "figures/1.svg", "paper.tex"]);
    await mine.has("paper.tex", "as submitted\n");
    expect(await inTerminal(page, "cd /files; cat paper.tex; ls")).toBe("as submitted\nfigures  paper.tex");
    // What only Dropbox had was brought in first, so the snapshot that every restore takes of its own has it.
    await restore(/^Before .*submitted.* was restored$/, true);
    await mine.has("review.txt", "rewritten while nothing ran here\n");
    await mine.has("paper.tex", "revised\n");
    // Asked for, what Dropbox had is there too, beside the folder.
    const kept = (await page.getByText("is kept there, in").locator("b").textContent()) ?? "";
    expect(kept).toMatch(/^Apps › Twinfold › Analytical Engines › First Space › Master \(before a restore /);
    const copy = herDropbox(world, world.accounts[0], `/${kept.split(" › ").join("/")}`);
    expect(await copy.names()).toEqual(["figures/", "figures/1.svg", "paper.tex"]);
    expect(await copy.read("paper.tex")).toBe("as submitted\n");
  });

  test("R10: the Files view has Workspace and Personal, Show hidden files, and all that is done with files", async () => {
    await open("Files");
    await row("paper.tex").waitFor();
    const upload = (name: string) =>
      page.getByLabel("Files to upload").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(name) });
    await upload("plan.md");
    await row("plan.md").waitFor();
    const answer = async (label: string, text: string, yes: string) => {
      await page.getByRole("dialog").getByLabel(label).fill(text);
      await page.getByRole("dialog").getByRole("button", { name: yes }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    };
    await page.getByRole("button", { name: "New folder" }).click();
    await answer("Name", "notes", "Make it");
    // It moves the rows below it down, which would be another file's just then.
    await row("notes/").waitFor();
    await row("plan.md").getByRole("button", { name: "Rename" }).click();
    await answer("New name", "plans.md", "Rename");
    await row("plans.md").getByRole("button", { name: "Rename" }).click();
    await answer("New name", "notes/plans.md", "Rename");
    await row("plans.md").waitFor({ state: "detached" });
    await row("notes/").getByRole("button", { name: "notes/" }).click();
    await row("paper.tex").waitFor({ state: "detached" });
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      row("plans.md").getByRole("link", { name: "Download" }).click(),
    ]);
    expect(readFileSync(await file.path(), "utf8")).toBe("plan.md");
    await row("plans.md").getByRole("button", { name: "Delete" }).click();
    await row("plans.md").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Personal" }).click();
    await page.getByText("never synced").waitFor();
    await upload("diary.txt");
    await row("diary.txt").waitFor();
    expect(await row(".local/").count()).toBe(0);
    await page.getByLabel("Show hidden files").check();
    await row(".local/").waitFor();
  });

  test("R10, beyond: each row has a badge that says how it stands with Dropbox, and why", async () => {
    await startTerminal(page, server);
    await inTerminal(page, "cd /files; ln -s paper.tex latest; echo '*.log' > .mignore; echo x > latex.log");
    await mine.has(".mignore", "*.log\n");
    await open("Files");
    await row("paper.tex").getByRole("button", { name: "in sync" }).waitFor();
    await row("latest").getByRole("button", { name: "not synced" }).waitFor();
    await row("latex.log").getByRole("button", { name: "ignored" }).hover();
    await page.getByRole("tooltip").getByText("Ignored by line 1 of .mignore: *.log.").waitFor();
    await picture(page, "files", ["light", "dark"]);
  });

  /** Files of a project, and patterns of each kind that gitignore has. */
  const PATTERNS = [
    "# what LaTeX makes",
    "*.aux",
    "/build/",
    "!keep.aux",
    "data/**/raw",
    "\\#odd#",
    "*.tm[pq]",
    "cache/",
  ];
  const PROJECT = [
    "main.aux",
    "keep.aux",
    "build/out.pdf",
    "src/build/is kept.txt",
    "data/raw",
    "data/2026/june/raw/a.csv",
    "data/2026/cooked.csv",
    "#odd#",
    "x.tmp",
    "x.tmq",
    "x.tmr",
    "src/cache/a.bin",
    "src/cache.txt",
  ];
  /** What git itself would leave in. */
  function asGitSees(): string[] {
    const folder = mkdtempSync(join(tmpdir(), "twinfold-git-"));
    for (const path of PROJECT) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), "");
    }
    writeFileSync(join(folder, ".gitignore"), `${PATTERNS.join("\n")}\n`);
    execFileSync("git", ["init", "-q"], { cwd: folder });
    const listed = execFileSync("git", ["ls-files", "-z", "--others", "--exclude-standard"], { cwd: folder });
    rmSync(folder, { recursive: true });
    return `${listed}`.split("\0").filter((path) => path !== "" && path !== ".gitignore");
  }

  test("R11: the hidden file /files/.mignore excludes files from synchronization, with the syntax of .gitignore", async () => {
    await openTerminal(page, server);
    await inTerminal(page, "cd /files; rm -rf ./* .mignore");
    await filesInDropbox([]);
    const lines = PATTERNS.map((line) => `'${line}'`).join(" ");
    await inTerminal(page, `printf '%s\\n' ${lines} > .mignore`);
    const paths = PROJECT.map((path) => `'${path}'`).join(" ");
    await inTerminal(page, `for f in ${paths}; do mkdir -p "$(dirname "$f")"; echo 1 > "$f"; done`);
    const inSync = asGitSees();
    expect(inSync.length).toBeGreaterThan(4);
    await until(
      async () => (await mine.names()).filter((name) => !name.endsWith("/")),
      (names) => names.join() === [".mignore", ...inSync].sort().join(),
    );
    await mine.write("from the laptop.tmp", "2\n");
    await mine.write("from the laptop.txt", "2\n");
    await untilTerminal(page, "cat 'from the laptop.txt'", (said) => said === "2");
    expect(await inTerminal(page, "ls *.tmp")).toBe("x.tmp");
  });

  const editor = () => page.locator("details").filter({ hasText: "Excluded files of First Space › Master" });
  const editorSays = (words: string) => editor().getByRole("status").filter({ hasText: words }).waitFor();
  const named = (list: string) => editor().getByRole("list", { name: list }).getByRole("listitem").allTextContents();

  test("R11, beyond: its editor on the Dropbox Sync page has a live preview: what would be left out, how many files and bytes", async () => {
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await page.getByText("Excluded files of First Space › Master").click();
    const patterns = editor().getByLabel("Patterns");
    expect(await patterns.inputValue()).toBe(`${PATTERNS.join("\n")}\n`);
    await patterns.fill("*.aux\n*.csv\n!build/out.pdf\n[a\n");
    await editorSays("2 files (4 B) would be left out, and 7 files (14 B) would come into sync.");
    await editorSays("One line is of no use.");
    expect(await named("Would be left out")).toEqual([
      "data/2026/cooked.csv by line 2, *.csv",
      "keep.aux by line 1, *.aux",
    ]);
    expect(await named("Would come into sync")).toContain("build/out.pdf now left out by line 3, /build/");
    // On the other side only.
    expect(await named("Would come into sync")).toContain("from the laptop.tmp now left out by line 7, *.tm[pq]");
    expect((await named("Lines of no use")).join()).toContain("[a (line 4)");
    await picture(page, "dropbox-sync-excluded-files");
    // Nothing is saved yet.
    expect(await mine.read(".mignore")).toBe(`${PATTERNS.join("\n")}\n`);
  });

  test("R11, beyond: it takes effect at once, in both directions, also from its editor", async () => {
    await editor().getByLabel("Patterns").fill("*.aux\n");
    await editor().getByRole("button", { name: "Save" }).click();
    await mine.has("x.tmp", "1\n");
    await openTerminal(page, server);
    await untilTerminal(page, "cat '/files/from the laptop.tmp'", (said) => said === "2");
  });

  test("R11, beyond: what begins to match stays on both sides, and is taken out of Dropbox where that is asked for, after saying how much", async () => {
    await inTerminal(page, "cd /files; echo kept here > paper.log");
    await mine.has("paper.log", "kept here\n");
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await page.getByText("Excluded files of First Space › Master").click();
    await editor().getByLabel("Patterns").fill("*.aux\n*.log\n");
    await editor().getByRole("button", { name: "Save" }).click();
    await editorSays("Saved: it holds from now on.");
    await mine.has(".mignore", "*.aux\n*.log\n");
    expect(await mine.read("paper.log")).toBe("kept here\n");
    await editor().getByRole("button", { name: "Take it out of Dropbox" }).click();
    await page.getByRole("dialog").getByText("2 files, 12 B, that the lines in .mignore leave out").waitFor();
    await picture(page, "dropbox-sync-take-out");
    await page.getByRole("dialog").getByRole("button", { name: "Take out" }).click();
    await editorSays("2 files, 12 B taken out of Dropbox");
    // The other is one that a line held in sync before.
    for (const name of ["paper.log", "keep.aux"]) expect(await mine.names()).not.toContain(name);
    await openTerminal(page, server);
    expect(await inTerminal(page, "cat /files/paper.log /files/keep.aux")).toBe("kept here\n1");
  });

  test("R11, beyond: twinfold why names the rule and the line", async () => {
    const said = await inTerminal(page, "cd /files; twinfold why main.aux");
    expect(said.replaceAll(/\s+/g, " ")).toMatch(
      /main\.aux: ignored.*\.mignore.*line 1.*\*\.aux|main\.aux: ignored.*line 1 of \.mignore.*\*\.aux/,
    );
  });
});
