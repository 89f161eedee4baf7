"""Files of rows that people and programs write: JSON lines and CSV, in the forms in which spreadsheets save them."""
