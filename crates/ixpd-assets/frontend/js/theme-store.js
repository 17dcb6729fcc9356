const STORAGE_KEY = "ixpd.theme";

// "light", "dark" or "auto". Storage may be switched off; then every page is "auto".
export function storedTheme() {
  try {
    const theme = localStorage.getItem(STORAGE_KEY);
    return theme === "light" || theme === "dark" ? theme : "auto";
  } catch {
    return "auto";
  }
}

export function storeTheme(theme) {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // The choice then lasts until the next page.
  }
}

export function applyTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
}
