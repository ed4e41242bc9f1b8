"""What people do with records beside asking them."""
