"""Commands for what people do with records beside asking them."""
