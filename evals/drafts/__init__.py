"""Proposals of cases, for a person to accept."""
