import { writeFileSync } from "node:fs";
import { manPage } from "../src/man-page.ts";
import { createProgram } from "../src/program/program.ts";

writeFileSync(new URL("../man/twinfold.1", import.meta.url), manPage(createProgram()));
