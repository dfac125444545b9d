"""From a file to reports: rows prepared, judged by the rules, written."""
