// Loaded before the page is painted: sets the colour mode that the reader chose, and says that scripts run.
import { applyTheme, storedTheme } from "./theme-store.js";

document.documentElement.classList.add("has-js");
applyTheme(storedTheme());
