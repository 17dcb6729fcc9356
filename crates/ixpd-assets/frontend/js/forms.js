// <form data-auto-submit>: a changed select or check box applies at once, the button stays for those without scripts.
export function autoSubmit() {
  for (const form of document.querySelectorAll("form[data-auto-submit]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
    });
  }
}

// A form is sent once, however often its button is pressed. Back in the history it can be sent again.
export function singleSubmit() {
  let sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (sent.has(event.target)) event.preventDefault();
    else sent.add(event.target);
  });
  addEventListener("pageshow", () => (sent = new WeakSet()));
}

// <button data-dismiss>: removes the flash it stands in.
export function dismissFlashes() {
  for (const button of document.querySelectorAll("button[data-dismiss]")) {
    button.addEventListener("click", () => button.closest(".alert").remove());
  }
}
