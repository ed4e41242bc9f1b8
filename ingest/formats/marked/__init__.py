"""XML: parliaments, Akoma Ntoso, TEI, bills, and any other."""
