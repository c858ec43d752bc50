// Uploads what is chosen in the form, or dropped on the page, one file after the other, and says how far it is.
const form = document.querySelector("form.upload");
const input = form.querySelector("input[type=file]");
const { folder, token } = form.dataset;
const underWay = document.querySelector(".under-way");
const progress = underWay.querySelector(".progress");
const stop = underWay.querySelector("button");
const said = document.querySelector(".uploaded");

// Choosing is enough where scripts run.
form.querySelector("button").hidden = true;
document.querySelector(".drop-hint").hidden = false;

const queue = [];
let request = null;

/** Sends one file, which the browser reads as it sends; gives null, or why it is not there. */
function send({ file, path }, tell) {
  return new Promise((resolve) => {
    request = new XMLHttpRequest();
    const query = new URLSearchParams({ path: `${folder}/${path}`, modified: String(Math.max(0, file.lastModified)) });
    request.open("POST", `/files/upload?${query}`);
    request.setRequestHeader("x-form-token", token);
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(loaded, total));
    request.addEventListener("abort", () => resolve("it was stopped."));
    request.addEventListener("loadend", () => resolve(outcome(request)));
    request.send(file);
  });
}

function outcome({ status, responseText, responseURL }) {
  if (status === 201) return null;
  if (responseURL.includes("/login")) return "you are logged out. Reload the page to log in again.";
  if (status === 0) return "it could not be read, or the connection was cut.";
  return responseText;
}

function words(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Sends all that waits, also what comes meanwhile. */
async function run() {
  const done = [];
  const failed = [];
  underWay.hidden = false;
  while (queue.length > 0) {
    const next = queue.shift();
    const place = done.length + failed.length + 1;
    const all = place + queue.length;
    said.textContent = `Uploading ${next.path}${all > 1 ? `, ${place} of ${all}` : ""}.`;
    progress.textContent = "";
    const why = await send(next, (loaded, total) => {
      progress.textContent = `${Math.floor((loaded / Math.max(total, 1)) * 100)} % of ${words(total)}`;
    });
    if (why === null) done.push(`${next.path} is uploaded.`);
    else failed.push(`${next.path} was not uploaded: ${why}`);
  }
  request = null;
  // The button is about to go: whoever stands on it goes on from the form.
  if (document.activeElement === stop) input.focus();
  underWay.hidden = true;
  const sum = failed.length > 0 ? `${done.length} of ${done.length + failed.length}` : `${done.length}`;
  const good = done.length > 1 || failed.length > 0 ? `${sum} files are uploaded.` : done[0];
  said.textContent = [good, ...failed].join("\n");
}

function add(files) {
  queue.push(...files);
  if (request === null && queue.length > 0) run();
}

stop.addEventListener("click", () => {
  queue.length = 0;
  request?.abort();
});

const chosen = () => [...input.files].map((file) => ({ file, path: file.name }));
input.addEventListener("change", () => {
  add(chosen());
  input.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());

addEventListener("beforeunload", (event) => {
  if (request !== null) event.preventDefault();
});

/** The files in what was dropped, with their paths from there. */
async function filesIn(entry, above) {
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesIn(one, `${path}/`)));
  }
}

const page = document.documentElement;
const holdsFiles = ({ dataTransfer }) => dataTransfer !== null && [...dataTransfer.types].includes("Files");

// On the whole page, since a file that is dropped beside the folder would open in its place.
page.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  page.classList.add("dropping");
});
page.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) page.classList.remove("dropping");
});
page.addEventListener("drop", async (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  page.classList.remove("dropping");
  // What was dropped can be asked for now only, not after the first wait.
  const entries = [...event.dataTransfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  try {
    add((await Promise.all(entries.map((entry) => filesIn(entry, "")))).flat());
  } catch {
    said.textContent = "What was dropped could not be read: nothing is uploaded.";
  }
});
