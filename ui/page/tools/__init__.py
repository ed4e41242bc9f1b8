"""The page's tools that are pages of their own: registers, positions."""
