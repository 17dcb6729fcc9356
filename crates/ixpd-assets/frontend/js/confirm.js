// <a href="PAGE" data-confirm-action="URL" data-confirm-method="DELETE" data-confirm-title data-confirm-text
// data-confirm-label>: asks in a dialog what PAGE would ask, and posts the same form.
export function confirmations() {
  for (const link of document.querySelectorAll("a[data-confirm-action]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      ask(link.dataset);
    });
  }
}

function ask({ confirmAction, confirmMethod, confirmTitle, confirmText, confirmLabel }) {
  const dialog = element("dialog", { className: "confirm" });
  dialog.setAttribute("aria-labelledby", "confirm-title");

  const cancel = element("button", { type: "button", className: "btn btn-default", textContent: "Cancel" });
  cancel.addEventListener("click", () => dialog.close());
  const submit = element("button", { type: "submit", className: "btn btn-danger", textContent: confirmLabel });
  const row = element("div", { className: "form-actions" });
  row.append(submit, cancel);

  const form = element("form", { method: "post", action: confirmAction });
  form.append(hidden("_token", document.querySelector("meta[name=csrf-token]").content));
  if (confirmMethod !== "POST") form.append(hidden("_method", confirmMethod));
  form.append(row);

  dialog.append(
    element("h2", { id: "confirm-title", textContent: confirmTitle }),
    element("p", { textContent: confirmText }),
    form,
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  // What can't be undone isn't one keypress away.
  cancel.focus();
}

const element = (name, properties) => Object.assign(document.createElement(name), properties);
const hidden = (name, value) => element("input", { type: "hidden", name, value });
