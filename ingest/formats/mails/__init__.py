"""Mails, files of many mails, and what they quote."""
