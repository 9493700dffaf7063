"""What a file may have. Told in words where it is uploaded; everything is checked, nothing is trusted."""

MB = 1024 * 1024
MOST_BYTES = 500 * MB  # of an upload
# A million rows of twelve columns, as a spreadsheet keeps them: 51 MB, which inflate to 477 and take 0.9 GB to read.
MOST_SHEET_BYTES = 100 * MB  # of an upload that is a spreadsheet: its rows are many times as much
MOST_INFLATED = 1_000 * MB  # of a spreadsheet's parts together, as they really inflate
MOST_PARTS = 2_000  # in a spreadsheet's archive
MOST_TABLE = 1_000 * MB  # of a sheet's rows as text
SHEET_MEMORY = 3 * 1024 * MB  # of the process that reads a spreadsheet, address space
SHEET_SECONDS = 120  # of its CPU
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
LONGEST_LINE = 1_000_000  # characters of one line of a text file
LONGEST_RECORD = 1_000  # lines that one row may go over, within quotes
SAMPLE_ROWS = 30  # kept to guess from and to show
FIELD = 100_000  # characters of a cell
