"""What is asked: the question parsed once, the follow-up completed, names looked up in the library."""
