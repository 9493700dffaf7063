// The board's behaviour is fetched where there is a board.
if (document.querySelector("[data-board]")) import("./board/board.js");
