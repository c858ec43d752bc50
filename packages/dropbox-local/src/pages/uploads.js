// Uploads files that are chosen, or dropped on a folder's page.
const section = document.querySelector(".files");
const { folder, token } = section.querySelector(".upload").dataset;
const said = section.querySelector(".uploaded");

async function upload(files) {
  for (const file of files) {
    said.textContent = `Uploading ${file.name}`;
    const path = `${folder}/${file.name}`;
    const response = await fetch(`/files/upload?${new URLSearchParams({ path })}`, {
      method: "POST",
      headers: { "x-form-token": token },
      body: file,
    });
    said.textContent = response.ok
      ? `${file.name} is uploaded.`
      : `${file.name} was not uploaded (${response.status}).`;
    if (!response.ok) return;
  }
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
