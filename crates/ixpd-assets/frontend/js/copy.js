const SHOWN_MS = 2000;

// <button data-copy="ID">: copies the text of the element with that id. The button's [data-copy-label] says what happened,
// and is a live region, so a screen reader says it too.
export function copyButtons() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const label = button.querySelector("[data-copy-label]");
    const before = label.textContent;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      label.textContent = (await copyText(source)) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => (label.textContent = before), SHOWN_MS);
    });
  }
}

async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    return true;
  } catch {
    // Without TLS there is no clipboard: leave the text selected for the reader to copy.
    getSelection().selectAllChildren(source);
    return false;
  }
}
