// What scripts add to the pages. Every page does its work without them.
import { confirmations } from "./confirm.js";
import { copyButtons } from "./copy.js";
import { autoSubmit, dismissFlashes, singleSubmit } from "./forms.js";
import { menus } from "./menus.js";
import { navigation } from "./navigation.js";
import { themeSwitch } from "./theme-switch.js";

for (const enhance of [navigation, menus, themeSwitch, copyButtons, confirmations, autoSubmit, singleSubmit, dismissFlashes]) {
  enhance();
}
