// Uploads files chosen or dropped on a folder's page, and shows its changes as they happen.
const section = document.querySelector(".files");
const said = section.querySelector(".said");

async function upload(files) {
  for (const file of files) {
    said.textContent = `Uploading ${file.name}`;
    const path = `${section.dataset.folder}/${file.name}`;
    const response = await fetch(`/files/upload?${new URLSearchParams({ path })}`, {
      method: "POST",
      headers: { "x-form-token": section.dataset.token },
      body: file,
    });
    said.textContent = response.ok
      ? `${file.name} is uploaded.`
      : `${file.name} was not uploaded (${response.status}).`;
    if (!response.ok) return;
  }
}

async function refresh() {
  // Not while somebody types a name into the listing.
  if (section.querySelector(".listing details[open]") !== null) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const listing = page.querySelector(".listing");
  if (listing !== null) section.querySelector(".listing").replaceWith(listing);
}

section.querySelector("input[type=file]").addEventListener("change", (event) => {
  upload([...event.target.files]);
  event.target.value = "";
});
section.addEventListener("dragover", (event) => event.preventDefault());
section.addEventListener("drop", (event) => {
  event.preventDefault();
  upload([...event.dataTransfer.files]);
});
new EventSource("/files/events").addEventListener("message", refresh);
