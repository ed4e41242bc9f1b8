"""What people do with records besides asking: drafts checked, texts compared."""
