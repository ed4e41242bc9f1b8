"""From blocks to what people cite by: paragraphs, headings, speakers, metadata. Knows no file format."""
