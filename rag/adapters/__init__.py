"""The library as parts of other frameworks: LangChain, LlamaIndex, Haystack."""
