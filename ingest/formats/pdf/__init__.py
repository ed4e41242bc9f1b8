"""PDF: text, lines, tables, and pages that are scans."""
