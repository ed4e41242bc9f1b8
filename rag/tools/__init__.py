"""What people do with records besides asking: check what they wrote against them, compare texts, list and cite."""
