// The govuk-frontend components whose enhancement we use, started on every page.
import {
  Button,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  SkipLink,
  createAll,
} from "govuk-frontend";

export function initAll() {
  [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink].forEach((part) => createAll(part));
}
