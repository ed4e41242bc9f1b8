"""Whether what is written stands in the passages: citations, numbers, speakers, negation, a judge."""
