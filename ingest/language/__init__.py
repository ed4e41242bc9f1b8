"""What the other rooms know of language: which one it is, sentences, the names of states."""
