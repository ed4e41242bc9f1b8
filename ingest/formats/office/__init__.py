"""Office documents: Word, PowerPoint, spreadsheets, OpenDocument, RTF."""
