import { applyTheme, storeTheme, storedTheme } from "./theme-store.js";

// <button data-theme="light|dark|auto">: the one in force is pressed.
export function themeSwitch() {
  const buttons = [...document.querySelectorAll("button[data-theme]")];
  const mark = (theme) => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.theme === theme)));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      storeTheme(button.dataset.theme);
      applyTheme(button.dataset.theme);
      mark(button.dataset.theme);
    });
  }
  mark(storedTheme());
}
