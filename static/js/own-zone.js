// A choice of time zone begins with the browser's own, where it is offered.

const choice = document.querySelector("select[data-own-zone]");
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
if (choice && [...choice.options].some(({ value }) => value === timeZone)) choice.value = timeZone;
