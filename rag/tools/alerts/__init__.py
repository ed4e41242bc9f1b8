"""Saved questions, speakers and registers, and what is new of them."""
